namespace ManyHands.Scenarios.Tests;

/// <summary>
/// Scenarios about one subject, written once and inherited for each kind of executor. After every one the shared executor must be idle and
/// still work: that is what "the pool survives" means.
/// </summary>
public abstract class Scenarios<TFixture>(SharedExecutor<TFixture> shared) : IClassFixture<SharedExecutor<TFixture>>, IAsyncLifetime
    where TFixture : ExecutorFixture, new()
{
    private readonly Files _files = new();
    private readonly List<WeakReference<Executor>> _forgotten = [];

    /// <summary>Two workers that all scenarios of a class share.</summary>
    protected Executor Pool => shared.Executor;

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    async Task IAsyncLifetime.DisposeAsync()
    {
        try
        {
            await Within.Until(() => Pool.Snapshot() is { Running: 0, Queued: 0 });
            (await Pool.RunAsync(Arithmetic.AddOne, 41).Time()).ShouldBe(42);
        }
        finally
        {
            foreach (WeakReference<Executor> forgotten in _forgotten)
            {
                if (forgotten.TryGetTarget(out Executor? pool))
                    await pool.CloseAsync(CloseMode.Kill).Time();
            }

            _files.Dispose();
        }
    }

    /// <summary>An executor of this scenario's own.</summary>
    protected Executor New(ExecutorOptions options) => shared.Fixture.Create(options);

    protected Executor New(int workers) => New(new ExecutorOptions { Workers = workers, KillAfter = TimeSpan.FromMilliseconds(200) });

    /// <summary>An executor that the scenario does not hold; what is left of it ends with the scenario.</summary>
    protected Executor NewToForget(ExecutorOptions options)
    {
        Executor pool = New(options);
        _forgotten.Add(new WeakReference<Executor>(pool));
        return pool;
    }

    /// <summary>A path where nothing is yet.</summary>
    protected string NewFile() => _files.New();

    protected Gate NewGate() => new(NewFile(), NewFile());

    /// <summary>Holds both workers of <see cref="Pool"/>, so that what is submitted stays in the queue.</summary>
    protected Task<HeldWorkers> HoldWorkers() => HeldWorkers.Hold(Pool, [NewGate(), NewGate()]);

    /// <summary>Skips the scenario where a task can take its caller's process down.</summary>
    protected void NeedsProcesses(string because = "Threads and contexts share their caller's process: this would end it.") =>
        Skip.If(Pool.Traits.Isolation < Isolation.Process, because);

    /// <summary>Skips the scenario where values do not travel.</summary>
    protected void NeedsCopies() => Skip.IfNot(Pool.Traits.CopiesArguments, "Threads share values; nothing is encoded.");
}
