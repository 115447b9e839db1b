using ManyHands.Conformance;

namespace ManyHands.Processes.Tests;

public class ProcessFixture : ExecutorFixture
{
    public override Executor Create(ExecutorOptions options) => Create(options, portable: false);

    protected static ProcessExecutor Create(ExecutorOptions options, bool portable) => new(new ProcessExecutorOptions
    {
        Workers = options.Workers,
        Headroom = options.Headroom,
        QueueLimit = options.QueueLimit,
        Initializer = options.Initializer,
        KillAfter = options.KillAfter,
        RestartLimit = options.RestartLimit,
        Observer = options.Observer,
        Portable = portable,
    });
}

public sealed class PortableProcessFixture : ProcessFixture
{
    public override Executor Create(ExecutorOptions options) => Create(options, portable: true);
}

[Proves(typeof(ProcessExecutor))]
public sealed class ProcessExecutorKeepsTheContract : ExecutorContract<ProcessFixture>;

[Proves(typeof(ProcessExecutor))]
public sealed class ProcessExecutorKeepsTheContractOverThePortableTransport : ExecutorContract<PortableProcessFixture>;
