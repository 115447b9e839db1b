using System.Diagnostics;

namespace ManyHands.Cli.Git;

/// <summary>
/// Runs the groups side by side: never more than the worker count that is being learnt, never more to one server than it takes, and again after a pause
/// where a server said that it was too many.
/// </summary>
internal sealed class PullSchedule(WorkerCount workers)
{
    private const int Attempts = 4;

    // Two ticks of the kernel's clock on two cores; shorter looks say nothing.
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(25);

    private readonly Dictionary<RemoteAddress, Server> _servers = [];
    private readonly LinkedList<Waiting> _waiting = [];
    private readonly Dictionary<Task<PullCost>, Run> _running = [];
    private readonly ProcessorIdle _idle = new();
    private int _begun;
    private long _lastLook = Stopwatch.GetTimestamp();

    /// <summary>Groups that are being pulled. May be read from any thread.</summary>
    public int Running => Volatile.Read(ref _begun);

    /// <param name="groups">What to pull, roughly in this order.</param>
    /// <param name="pull">Pulls one group; told whether it may be tried again.</param>
    /// <param name="startNothingNew">Lets what runs finish and begins nothing more.</param>
    /// <returns>The groups that were not begun.</returns>
    public async Task<IReadOnlyList<PullGroup>> RunAsync(
        IEnumerable<PullGroup> groups, Func<PullGroup, bool, Task<PullCost>> pull, CancellationToken startNothingNew)
    {
        foreach (var group in groups)
            _waiting.AddLast(new Waiting(group, Attempt: 1, NotBefore: 0));
        while (true)
        {
            TimeSpan? pause = startNothingNew.IsCancellationRequested ? null : StartWhatMay(pull);
            if (_running.Count == 0 && (_waiting.Count == 0 || startNothingNew.IsCancellationRequested))
                return [.. _waiting.Select(waiting => waiting.Group)];

            Task ended = await Task.WhenAny(pause is { } time ? [.. _running.Keys, Task.Delay(time, CancellationToken.None)] : _running.Keys)
                .ConfigureAwait(false);
            if (ended is Task<PullCost> pulled)
                await FinishAsync(pulled).ConfigureAwait(false);
            LookAtProcessors();
        }
    }

    /// <summary>Starts groups.</summary>
    /// <returns>When to try again though nothing has ended, or null.</returns>
    private TimeSpan? StartWhatMay(Func<PullGroup, bool, Task<PullCost>> pull)
    {
        TimeSpan? pause = _waiting.Count > 0 ? _look : null;
        for (var node = _waiting.First; node is not null && HasRoom();)
        {
            var (waiting, next) = (node.Value, node.Next);
            var server = ServerOf(waiting);
            var wait = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), Math.Max(waiting.NotBefore, server.NotBefore));
            if (server.Running >= server.Limit)
            {
                // An end will make room.
            }
            else if (wait > TimeSpan.Zero)
            {
                pause = pause is null || wait < pause ? wait : pause;
            }
            else
            {
                _waiting.Remove(node);
                server.Start();

                // Before the call: its first commands run before it returns.
                Interlocked.Increment(ref _begun);
                _running.Add(pull(waiting.Group, waiting.Attempt < Attempts), new Run(waiting, Stopwatch.GetTimestamp()));
            }

            node = next;
        }

        return pause;
    }

    private bool HasRoom()
    {
        int stragglers = 0;
        foreach (var run in _running.Values)
            stragglers += workers.IsStraggler(Stopwatch.GetElapsedTime(run.Start)) ? 1 : 0;
        return workers.HasRoom(_running.Count, stragglers);
    }

    private void LookAtProcessors()
    {
        if (!workers.IsGuessing || Stopwatch.GetElapsedTime(_lastLook) < _look)
            return;
        _lastLook = Stopwatch.GetTimestamp();
        if (_idle.ShareSinceLastCall() is { } share)
            workers.SeeIdle(share);
    }

    private async Task FinishAsync(Task<PullCost> ended)
    {
        _running.Remove(ended, out var run);
        var done = run!.Waiting;
        var server = ServerOf(done);
        server.End();
        Interlocked.Decrement(ref _begun);
        var cost = await ended.ConfigureAwait(false);
        if (cost.Throttled)
        {
            server.Halve();

            // Not all at once again: between half a step and one and a half.
            double seconds = 0.5 * Math.Pow(2, done.Attempt - 1) * (0.5 + Random.Shared.NextDouble());
            _waiting.AddLast(done with { Attempt = done.Attempt + 1, NotBefore = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency) });
        }
        else
        {
            workers.Learn(cost.Wall, cost.Cpu);
        }
    }

    private Server ServerOf(Waiting waiting)
    {
        if (!_servers.TryGetValue(waiting.Group.Remote, out var server))
            _servers.Add(waiting.Group.Remote, server = new Server(waiting.Group.Remote));
        return server;
    }

    private sealed record Waiting(PullGroup Group, int Attempt, long NotBefore);

    private sealed record Run(Waiting Waiting, long Start);

    private sealed class Server(RemoteAddress address)
    {
        // Connections that arrive in one burst overflow the server's queue (git daemon's holds five), and each one that is lost waits a whole second
        // before it tries again. 64 clones of one daemon take 1.2 s, and without this pause 2.1 s in every third run; with 4 ms a busy machine still
        // lost some.
        private static readonly TimeSpan _betweenConnections = TimeSpan.FromMilliseconds(8);

        private long _halved;

        public int Limit { get; private set; } = address.Limit;

        public int Running { get; private set; }

        public long NotBefore { get; private set; }

        public void Start()
        {
            Running++;
            if (address.Transport != Transport.Local)
                NotBefore = Stopwatch.GetTimestamp() + (long)(_betweenConnections.TotalSeconds * Stopwatch.Frequency);
        }

        public void End() => Running--;

        /// <summary>Asks for half as much. Refusals that come together count once.</summary>
        public void Halve()
        {
            if (_halved != 0 && Stopwatch.GetElapsedTime(_halved) < TimeSpan.FromSeconds(0.5))
                return;
            _halved = Stopwatch.GetTimestamp();
            Limit = Math.Max(1, Math.Min(Limit, Running + 1) / 2);
        }
    }
}
