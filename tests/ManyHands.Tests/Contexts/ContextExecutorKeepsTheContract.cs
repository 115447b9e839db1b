using ManyHands.Conformance;

namespace ManyHands.Tests.Contexts;

public class ContextFixture : ExecutorFixture
{
    private protected virtual bool Collectible => false;

    public override Executor Create(ExecutorOptions options) => new ContextExecutor(new ContextExecutorOptions
    {
        Workers = options.Workers,
        Headroom = options.Headroom,
        QueueLimit = options.QueueLimit,
        Initializer = options.Initializer,
        KillAfter = options.KillAfter,
        RestartLimit = options.RestartLimit,
        Observer = options.Observer,
        Collectible = Collectible,
    });
}

/// <summary>Contexts that can be unloaded.</summary>
public sealed class CollectibleContextFixture : ContextFixture
{
    private protected override bool Collectible => true;
}

[Proves(typeof(ContextExecutor))]
public sealed class ContextExecutorKeepsTheContract : ExecutorContract<ContextFixture>;

[Proves(typeof(ContextExecutor))]
public sealed class ContextExecutorKeepsTheContractWithCollectibleContexts : ExecutorContract<CollectibleContextFixture>;
