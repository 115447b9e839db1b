using ManyHands.Chaos.Boards;
using ManyHands.Chaos.Feeding;

namespace ManyHands.Chaos.Hunting;

/// <summary>
/// A thread of the parent that watches the board: plans fates, kills those who wait for it from outside, and notes at which moment each worker
/// died, from what the worker's own record says.
/// </summary>
internal sealed class Hunter : IDisposable
{
    private const int PlannedAhead = 3;

    private static readonly TimeSpan _idleFrom = TimeSpan.FromMilliseconds(1);

    private readonly Board _board;
    private readonly Aim _aim;
    private readonly Random _random;
    private readonly ManualResetEvent _end = new(initialState: false);
    private readonly List<Quarry> _living = [];
    private readonly Thread _thread;
    private int _seen;
    private volatile int _waitingIdle;
    private volatile int _doomed;

    public Hunter(Board board, Aim aim, Random random)
    {
        _board = board;
        _aim = aim;
        _random = random;
        Plan();
        _thread = new Thread(Run) { IsBackground = true, Name = "hunter" };
        _thread.Start();
    }

    /// <summary>Workers that live and will die when they are idle.</summary>
    public int WaitingIdle => _waitingIdle;

    /// <summary>Workers that are dying, or wait for it, and have not gone.</summary>
    public int Doomed => _doomed;

    public void Dispose()
    {
        _end.Set();
        _thread.Join();
        _end.Dispose();
    }

    /// <summary>The moment at which a worker was struck, from its own record; none where it was not.</summary>
    public static Moment StruckAt(in WorkerRecord record) => record switch
    {
        { Struck: 0 } => Moment.None,
        { Phase: Moment.Sent } when Clock.Between(record.Since, record.Struck) >= _idleFrom => Moment.Idle,
        _ => record.Phase,
    };

    private void Run()
    {
        while (!_end.WaitOne(1))
        {
            Discover();
            for (int i = _living.Count - 1; i >= 0; i--)
                Look(i);
            int idle = 0, doomed = 0;
            foreach (Quarry quarry in _living)
            {
                ref WorkerRecord record = ref _board.Worker(quarry.Index);
                idle += record.Fate.Moment == Moment.Idle ? 1 : 0;
                doomed += record.Struck != 0 || record.Wish != Way.None ? 1 : 0;
            }

            _waitingIdle = idle;
            _doomed = doomed;
            if (_aim.IsReached)
                Volatile.Write(ref _board.Head.Ceasefire, 1);
            else
                Plan();
        }

        _living.ForEach(quarry => quarry.Handle?.Dispose());
    }

    private void Plan()
    {
        for (int pool = 0; pool < BoardHead.Pools; pool++)
        {
            // Who came while nothing was planned has no fate.
            int taken = Volatile.Read(ref _board.Head.Taken[pool]);
            for (int number = Math.Max(_board.Head.Planned[pool], taken); number < taken + PlannedAhead; number++)
            {
                _board.Planned(pool, number) = _aim.Next(retires: pool == Pools.Retiring);
                Volatile.Write(ref _board.Head.Planned[pool], number + 1);
            }
        }
    }

    private void Discover()
    {
        while (_seen < Volatile.Read(ref _board.Head.Workers))
            _living.Add(new Quarry(_seen++));
    }

    private void Look(int at)
    {
        Quarry quarry = _living[at];
        ref WorkerRecord record = ref _board.Worker(quarry.Index);
        if (Volatile.Read(ref record.Pid) == 0)
            return; // it is just entering
        if (!quarry.IsOpen)
        {
            quarry.Handle = ProcessHandle.Open(record);
            quarry.IsOpen = true;
        }

        if (quarry.Handle is not { HasEnded: false } handle)
        {
            quarry.Handle?.Dispose();
            _living.RemoveAt(at);
            record.IsGone = 1;
            _aim.Died(record.Fate, StruckAt(record));
            return;
        }

        if (record.Wish != Way.None)
            Kill(quarry, handle, ref record);
    }

    private void Kill(Quarry quarry, ProcessHandle handle, ref WorkerRecord record)
    {
        long now = Clock.Now;
        if (quarry.Next == 0)
        {
            quarry.Next = now + Clock.Milliseconds(_random.NextDouble());
            return;
        }

        if (now < quarry.Next)
            return;
        if (record.Struck == 0)
            record.Struck = now;
        if (record.Wish == Way.StopThenKill && !quarry.IsStopped)
        {
            handle.Signal(ProcessHandle.Stop);
            quarry.IsStopped = true;
            quarry.Next = now + Clock.Milliseconds(_random.Next(1, 20));
            return;
        }

        handle.Signal(ProcessHandle.Kill);
        quarry.Next = long.MaxValue;
    }

    private sealed class Quarry(int index)
    {
        public int Index { get; } = index;

        public ProcessHandle? Handle { get; set; }

        public bool IsOpen { get; set; }

        public bool IsStopped { get; set; }

        public long Next { get; set; }
    }
}
