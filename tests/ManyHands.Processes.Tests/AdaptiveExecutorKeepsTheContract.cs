using ManyHands.Conformance;

namespace ManyHands.Processes.Tests;

/// <summary>Executors that choose for themselves.</summary>
public sealed class AdaptiveFixture : ExecutorFixture
{
    public override Executor Create(ExecutorOptions options) => new AdaptiveExecutor(new AdaptiveExecutorOptions
    {
        Workers = options.Workers,
        Headroom = options.Headroom,
        QueueLimit = options.QueueLimit,
        Initializer = options.Initializer,
        KillAfter = options.KillAfter,
        RestartLimit = options.RestartLimit,
        Observer = options.Observer,
        Output = WorkerOutput.Discard,
        MostWaiting = 8, // the contract's bounds are for a few workers
    });
}

[Proves(typeof(AdaptiveExecutor))]
public sealed class AdaptiveExecutorKeepsTheContract : ExecutorContract<AdaptiveFixture>;
