using System.Diagnostics;

namespace ManyHands.Cli.Git;

/// <summary>
/// Runs the groups side by side: never more than the worker count that is being learnt, never more to one server than it takes, and again after a pause
/// where a server said that it was too many.
/// </summary>
internal sealed class PullSchedule(WorkerCount workers)
{
    private const int Attempts = 4;
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(25);

    private readonly Dictionary<RemoteAddress, Server> _servers = [];
    private readonly LinkedList<Waiting> _waiting = [];
    private readonly Dictionary<Task<PullCost>, Waiting> _running = [];

    /// <summary>Groups that are being pulled.</summary>
    public int Running => _running.Count;

    /// <param name="groups">What to pull, roughly in this order.</param>
    /// <param name="pull">Pulls one group; told whether it may be tried again.</param>
    /// <param name="startNothingNew">Lets what runs finish and begins nothing more.</param>
    /// <returns>The groups that were not begun.</returns>
    public async Task<IReadOnlyList<PullGroup>> RunAsync(
        IEnumerable<PullGroup> groups, Func<PullGroup, bool, Task<PullCost>> pull, CancellationToken startNothingNew)
    {
        foreach (var group in groups)
            _waiting.AddLast(new Waiting(group, Attempt: 1, NotBefore: 0));
        var idle = new ProcessorIdle();
        Task tick = Task.Delay(_tick, CancellationToken.None);
        while (true)
        {
            if (!startNothingNew.IsCancellationRequested)
                StartWhatMay(pull);
            if (_running.Count == 0 && (_waiting.Count == 0 || startNothingNew.IsCancellationRequested))
                return [.. _waiting.Select(waiting => waiting.Group)];

            bool needsTick = workers.IsGuessing || _waiting.Any(waiting => waiting.NotBefore > 0);
            Task ended = await Task.WhenAny(needsTick ? [.. _running.Keys, tick] : _running.Keys).ConfigureAwait(false);
            if (ended == tick)
            {
                if (idle.ShareSinceLastCall() is { } share)
                    workers.SeeIdle(share);
                tick = Task.Delay(_tick, CancellationToken.None);
            }
            else
            {
                await FinishAsync((Task<PullCost>)ended).ConfigureAwait(false);
            }
        }
    }

    private void StartWhatMay(Func<PullGroup, bool, Task<PullCost>> pull)
    {
        for (var node = _waiting.First; node is not null && _running.Count < workers.Current;)
        {
            var (waiting, next) = (node.Value, node.Next);
            var server = ServerOf(waiting);
            if (server.Running < server.Limit && Stopwatch.GetTimestamp() >= waiting.NotBefore)
            {
                _waiting.Remove(node);
                server.Running++;
                _running.Add(pull(waiting.Group, waiting.Attempt < Attempts), waiting);
            }

            node = next;
        }
    }

    private async Task FinishAsync(Task<PullCost> ended)
    {
        _running.Remove(ended, out var done);
        var server = ServerOf(done!);
        server.Running--;
        var cost = await ended.ConfigureAwait(false);
        if (cost.Throttled)
        {
            server.Halve();

            // Not all at once again: between half a step and one and a half.
            double seconds = 0.5 * Math.Pow(2, done!.Attempt - 1) * (0.5 + Random.Shared.NextDouble());
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
            _servers.Add(waiting.Group.Remote, server = new Server { Limit = waiting.Group.Remote.Limit });
        return server;
    }

    private sealed record Waiting(PullGroup Group, int Attempt, long NotBefore);

    private sealed class Server
    {
        private long _halved;

        public int Limit { get; set; }

        public int Running { get; set; }

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
