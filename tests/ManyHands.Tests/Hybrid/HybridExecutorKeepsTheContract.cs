using ManyHands.Conformance;
using ManyHands.Tests.Contexts;

namespace ManyHands.Tests.Hybrid;

/// <summary>Asynchronous work on threads, the rest in contexts.</summary>
public sealed class HybridFixture : ExecutorFixture
{
    public override Executor Create(ExecutorOptions options) =>
        new HybridExecutor(computing: new ContextFixture().Create(options), waiting: new ThreadExecutor(options));
}

/// <summary>A hybrid in another, which is what it is to the one executor that does it all.</summary>
public sealed class NestedHybridFixture : ExecutorFixture
{
    public override Executor Create(ExecutorOptions options)
    {
        var threads = new ThreadExecutor(options);
        return new HybridExecutor(computing: new HybridExecutor(threads, threads), waiting: threads);
    }
}

[Proves(typeof(HybridExecutor))]
public sealed class HybridExecutorKeepsTheContract : ExecutorContract<HybridFixture>;

[Proves(typeof(HybridExecutor))]
public sealed class HybridExecutorKeepsTheContractInside : ExecutorContract<NestedHybridFixture>;
