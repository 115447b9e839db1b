namespace ManyHands.Scenarios.Tests;

/// <summary>The kinds of executor that every scenario is run on. The table of scenarios has a column for each.</summary>
public sealed class OnThreads : ExecutorFixture
{
    public override Executor Create(ExecutorOptions options) => new ThreadExecutor(options);
}

/// <summary>Contexts of this process.</summary>
public sealed class OnContexts : ExecutorFixture
{
    public override Executor Create(ExecutorOptions options) => new ContextExecutor(new ContextExecutorOptions
    {
        Workers = options.Workers,
        Headroom = options.Headroom,
        QueueLimit = options.QueueLimit,
        Initializer = options.Initializer,
        KillAfter = options.KillAfter,
        RestartLimit = options.RestartLimit,
        Observer = options.Observer,
        Retire = (options as ProcessExecutorOptions)?.Retire ?? new(),
    });
}

/// <summary>Worker processes over the transport of this system.</summary>
public class OnProcesses : ExecutorFixture
{
    private protected virtual bool Portable => false;

    public override Executor Create(ExecutorOptions options) => new ProcessExecutor(
        (options as ProcessExecutorOptions ?? Extend(options)) with { Portable = Portable });

    private static ProcessExecutorOptions Extend(ExecutorOptions options) => new()
    {
        Workers = options.Workers,
        Headroom = options.Headroom,
        QueueLimit = options.QueueLimit,
        Initializer = options.Initializer,
        KillAfter = options.KillAfter,
        RestartLimit = options.RestartLimit,
        Observer = options.Observer,
        Output = WorkerOutput.Discard,
    };
}

/// <summary>Worker processes over the transport of systems that cannot hand descriptors on.</summary>
public sealed class OverPortableTransport : OnProcesses
{
    private protected override bool Portable => true;
}
