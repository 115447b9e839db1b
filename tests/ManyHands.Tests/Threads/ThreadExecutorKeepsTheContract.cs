using ManyHands.Conformance;

namespace ManyHands.Tests.Threads;

public sealed class ThreadFixture : ExecutorFixture
{
    public override Executor Create(ExecutorOptions options) => new ThreadExecutor(options);
}

[Proves(typeof(ThreadExecutor))]
public sealed class ThreadExecutorKeepsTheContract : ExecutorContract<ThreadFixture>;
