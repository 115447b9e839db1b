using System.Diagnostics;
using ManyHands.Chaos.Boards;
using ManyHands.Chaos.Feeding;
using ManyHands.Chaos.Hunting;
using ManyHands.Chaos.Judging;

namespace ManyHands.Chaos;

/// <summary>One run of a plan: waves of tasks, each followed by a lull, until there were enough tasks and enough deaths.</summary>
internal sealed class ChaosRun(ChaosPlan plan, string boardFile)
{
    private const int SmallestWave = 60;
    private const int LargestWave = 10_000;
    private const int DeathsPerWave = 10;

    private static readonly TimeSpan _hangLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _reportEvery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _shortestLull = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _longestLull = TimeSpan.FromMilliseconds(60);

    // More than asked for where the deaths take longer than the tasks.
    private readonly int _capacity = (plan.Tasks * 2) + (3 * LargestWave);
    private readonly TaskBook _book = new((plan.Tasks * 2) + (3 * LargestWave));
    private readonly Aim _aim = new(new Random(plan.Seed), plan.Kills, lifetime: plan.Tasks * 7 / (plan.Kills * 5), plan.Portable);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _reported;

    public string BoardFile => boardFile;

    public int Tasks => _book.Count;

    public int Kills => _aim.Struck;

    public int Workers { get; private set; }

    /// <summary>False where the time was up first.</summary>
    public async Task<bool> Go(Verdict verdict)
    {
        using var board = Board.Create(boardFile, (plan.Kills * 8) + (plan.Tasks / 20) + 1000, _capacity);
        var pools = new Pools(boardFile, plan.Workers, plan.Portable, retireAfter: Math.Clamp(plan.Tasks * 3 / (plan.Kills * 4), 10, 200));
        string? stuck;
        using (var hunter = new Hunter(board, _aim, new Random(plan.Seed + 1)))
        {
            stuck = await Feed(pools, board, hunter);
            Volatile.Write(ref board.Head.Ceasefire, 1);
            stuck ??= await Until(() => hunter.Doomed == 0, "the last victims to be gone");
            if (stuck is null)
            {
                for (int pool = 0; pool < BoardHead.Pools; pool++)
                {
                    string? wrong = await Meeting.Hold(pools[pool], _book, plan.Workers);
                    verdict.Judge($"executor {pool + 1} back at its size", wrong ?? "yes", wrong is null);
                }
            }

            Task closed = stuck is null ? pools.CloseAsync() : pools.KillAsync();
            stuck ??= await Until(() => closed.IsCompleted, "the executors to close");
        }

        verdict.Judge("nothing hangs", stuck ?? "nothing did", stuck is null);
        Workers = board.Head.Workers;
        new Judge(board, _book, plan.Reaper).Pronounce(verdict);
        return _aim.IsReached && _book.Count >= plan.Tasks;
    }

    /// <summary>At which moments the workers were when they died, from their own records.</summary>
    public void PrintHistogram(Verdict verdict, bool judge)
    {
        foreach (Moment moment in Aim.Moments)
        {
            double share = _aim.StruckAt(moment) / Math.Max(1.0, _aim.Struck);
            Console.WriteLine($"  {moment,-10} {_aim.StruckAt(moment),6:n0}  {share,6:p1}  {new string('#', (int)(share * 100))}");
        }

        Console.WriteLine($"  {string.Join(", ", _aim.Ways.Select(way => $"{way.Key} {way.Value:n0}"))}");
        double least = Aim.Moments.Min(_aim.StruckAt) / Math.Max(1.0, _aim.Struck);
        if (judge)
            verdict.Judge($"deaths at the rarest moment: at least {Aim.Floor:p0}", $"{least:p1}", least >= Aim.Floor);
    }

    /// <summary>Null where all went on to its end, else what did not.</summary>
    private async Task<string?> Feed(Pools pools, Board board, Hunter hunter)
    {
        var random = new Random(plan.Seed + 2);
        while ((!_aim.IsReached || _book.Count < plan.Tasks) && _clock.Elapsed < plan.Limit
            && _book.Count + (2 * LargestWave) < _capacity)
        {
            int tasks = NextWave();
            Task wave = Task.WhenAll(
                new Feeder(pools[0], _book, new Random(random.Next())).Feed(tasks * 3 / 4),
                new Feeder(pools[Pools.Retiring], _book, new Random(random.Next())).Feed(tasks / 4));
            if (await Until(() => wave.IsCompleted, "tasks to end") is { } stuck)
                return $"{stuck}; {string.Join("; ", pools.Snapshots)}";
            await wave;

            Volatile.Write(ref board.Head.Lull, 1);
            long start = Clock.Now;
            while (Clock.Between(start, Clock.Now) is var waited && (waited < _shortestLull || (hunter.WaitingIdle > 0 && waited < _longestLull)))
                await Task.Delay(2);
            Volatile.Write(ref board.Head.Lull, 0);
            Report();
        }

        return null;
    }

    private void Report()
    {
        if (_clock.Elapsed - _reported < _reportEvery)
            return;
        _reported = _clock.Elapsed;
        Console.WriteLine($"  after {_clock.Elapsed.TotalSeconds:f0} s: {_book.Count:n0} tasks, {_aim.Struck:n0} workers killed");
    }

    // Tasks and deaths shall be used up together.
    private int NextWave()
    {
        if (_aim.IsReached)
            return Math.Clamp(plan.Tasks - _book.Count, SmallestWave, LargestWave);
        double deaths = Math.Min(_aim.Struck + DeathsPerWave, plan.Kills) / (double)plan.Kills;
        return Math.Clamp((int)(plan.Tasks * deaths) - _book.Count, SmallestWave, LargestWave);
    }

    /// <summary>Waits for something while tasks end; null where it came.</summary>
    private async Task<string?> Until(Func<bool> condition, string what)
    {
        int ended = _book.Ended;
        long since = Clock.Now;
        while (!condition())
        {
            await Task.Delay(2);
            if (_book.Ended != ended)
                (ended, since) = (_book.Ended, Clock.Now);
            else if (Clock.Between(since, Clock.Now) > _hangLimit)
                return $"waited {_hangLimit.TotalSeconds:f0} s for {what}, and nothing moved";
        }

        return null;
    }
}
