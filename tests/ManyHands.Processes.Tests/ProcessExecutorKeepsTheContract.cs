using ManyHands.Conformance;

namespace ManyHands.Processes.Tests;

/// <summary>Process executors over the transport of this system.</summary>
public class ProcessFixture : ExecutorFixture
{
    private protected virtual bool Portable => false;

    public override Executor Create(ExecutorOptions options) => Create(options, WorkerOutput.Discard);

    public ProcessExecutor Create(ExecutorOptions options, WorkerOutput output) => Create(new ProcessExecutorOptions
    {
        Workers = options.Workers,
        Headroom = options.Headroom,
        QueueLimit = options.QueueLimit,
        Initializer = options.Initializer,
        KillAfter = options.KillAfter,
        RestartLimit = options.RestartLimit,
        Observer = options.Observer,
        Output = output,
    });

    public ProcessExecutor Create(ProcessExecutorOptions options) => new(options with { Portable = Portable });
}

/// <summary>Process executors over the transport of systems that cannot hand descriptors on.</summary>
public sealed class PortableProcessFixture : ProcessFixture
{
    private protected override bool Portable => true;
}

[Proves(typeof(ProcessExecutor))]
public sealed class ProcessExecutorKeepsTheContract : ExecutorContract<ProcessFixture>;

[Proves(typeof(ProcessExecutor))]
public sealed class ProcessExecutorKeepsTheContractOverThePortableTransport : ExecutorContract<PortableProcessFixture>;
