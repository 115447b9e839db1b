using ManyHands.Chaos.Victims;

namespace ManyHands.Chaos.Feeding;

/// <summary>The two executors under test: one gives its workers many tasks ahead, one retires them after a number of tasks.</summary>
internal sealed class Pools
{
    /// <summary>Index of the executor that retires its workers.</summary>
    public const int Retiring = 1;

    /// <summary>In the environment of each worker and of what it starts, so that what is left behind can be found.</summary>
    public const string Marker = "MANYHANDS_CHAOS";

    private readonly ProcessExecutor[] _pools;

    public Pools(string board, int workers, bool portable, int retireAfter)
    {
        Workers = workers;
        _pools = [New(0, new Retirement { AfterAge = TimeSpan.FromSeconds(3) }), New(Retiring, new Retirement { AfterTasks = retireAfter })];

        ProcessExecutor New(int pool, Retirement retire) => new(new ProcessExecutorOptions
        {
            Workers = workers,
            Portable = portable,
            Codec = new ChaosCodec(),
            Initializer = WorkerInitializer.Of(Victim.Begin, Victim.Address(board, pool)),
            Environment = new Dictionary<string, string?> { [Marker] = board },
            Output = WorkerOutput.Discard,
            Retire = retire,

            // For those that are stopped at birth. A start takes a tenth of a second.
            StartLimit = TimeSpan.FromSeconds(10),

            // One death in seven is a failed start, so five in a row come about by chance.
            RestartLimit = new RestartLimit { Failures = 100 },
        });
    }

    /// <summary>Workers of each.</summary>
    public int Workers { get; }

    public ProcessExecutor this[int pool] => _pools[pool];

    public IEnumerable<ExecutorSnapshot> Snapshots => _pools.Select(pool => pool.Snapshot());

    public Task CloseAsync() => Task.WhenAll(_pools.Select(pool => pool.CloseAsync()));

    public Task KillAsync() => Task.WhenAll(_pools.Select(pool => pool.CloseAsync(CloseMode.Kill)));
}
