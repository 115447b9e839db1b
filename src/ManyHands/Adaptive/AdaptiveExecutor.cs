using ManyHands.Adaptive;
using ManyHands.Completions;
using ManyHands.Payloads;

namespace ManyHands;

/// <summary>
/// Chooses for each method what kind of worker runs it, and how many, from how its first tasks behave. They run in worker processes. What computes stays
/// there, as many at once as the cores bear. What mostly waits goes on on threads of this process, more of them as long as that ends more tasks a second.
/// What has cost a worker its life stays in processes for good. <see cref="Snapshot"/> says what was chosen, and why.
/// </summary>
/// <remarks>
/// <para>
/// Work is a static method or a lambda without captures, and what cannot travel is refused, wherever it goes later. Beyond that it must not matter to the work where
/// it runs: statics may be each worker's own or everybody's, and a task may get its argument as a copy or, in a map, as it is, so neither the work nor the caller
/// may change it after the submission. <see cref="Executor.Traits"/> are the least of both kinds: work on threads cannot be killed, and if it crashes there after
/// it behaved well at first, it takes this process with it. Use a <see cref="ProcessExecutor"/> for work that is not to be trusted.
/// </para>
/// <para>
/// Learning takes the first tasks, until 50 to 100 ms of them have been seen; queued tasks move along with the choice. <see cref="SubmitOptions.Kind"/> is a promise
/// and spares the learning: work that is declared as <see cref="WorkKind.Computing"/> never runs in this process, whatever is measured of its method, and work that is declared as
/// <see cref="WorkKind.Waiting"/> runs on threads until its method has cost a worker its life. <see cref="SubmitOptions.Placement"/> is ignored. What has moved to threads
/// undeclared is not judged again: work that is tiny or waits at first and computes later stays there. Methods that wait have threads and a queue each; a worker process
/// that such a method has begun a task in keeps that task.
/// </para>
/// </remarks>
public sealed class AdaptiveExecutor : Executor
{
    private readonly ProcessExecutor _processes;
    private readonly Adaptation _adaptation;
    private volatile bool _isClosed;

    /// <summary>Makes an executor. Neither process nor thread is started before there is work.</summary>
    /// <param name="options">What differs from the defaults.</param>
    /// <exception cref="ArgumentException">An option has a value that makes no sense; the message says which.</exception>
    /// <exception cref="ExecutorNestingException">This is a worker process, too deep below the application.</exception>
    /// <exception cref="WorkerStartException">This kind of application cannot start workers; the message says why and what to do.</exception>
    public AdaptiveExecutor(AdaptiveExecutorOptions? options = null)
        : base(new ExecutorTraits(Isolation.None, CopiesArguments: true, CanKill: false, Delivery.AtMostOnce))
    {
        options ??= new AdaptiveExecutorOptions();
        options.Check();
        int computing = options.ComputingWorkers;
        _processes = new ProcessExecutor(new ProcessExecutorOptions
        {
            // Work that computes most of its time and waits for the rest keeps the cores busy with a few more.
            Workers = options.Workers ?? 2 * computing,
            QueueLimit = options.QueueLimit,
            Initializer = options.Initializer,
            KillAfter = options.KillAfter,
            RestartLimit = options.RestartLimit,
            Observer = options.Observer,
            Output = options.Output,
            MaxResult = options.MaxResult,
        });
        computing = Math.Min(computing, _processes.Lanes);
        _processes.Pool.SetLimit(computing);
        _adaptation = new Adaptation(
            _processes.Pool, new Limits(Environment.ProcessorCount, computing, _processes.Lanes, options.MostWaiting), options with { Workers = null });
    }

    /// <summary>Nobody holds it any more: its tasks end, and its workers go.</summary>
    ~AdaptiveExecutor()
    {
        if (_adaptation is not null) // else its constructor refused
            _ = CloseAsync();
    }

    internal override int Lanes => _adaptation.Limits.Computing;

    internal override bool CanTakeBack => _processes.CanTakeBack;

    internal override bool RunsHere => true;

    private protected override IPayloadCodec Codec => PayloadCodec.Default;

    /// <inheritdoc/>
    public override ExecutorSnapshot Snapshot()
    {
        ExecutorSnapshot[] inner = [_processes.Snapshot(), .. _adaptation.Threads.Select(threads => threads.Snapshot())];
        return ExecutorSnapshot.Sum(nameof(AdaptiveExecutor), inner) with { Choices = _adaptation.Choices };
    }

    internal override IEnumerable<IWorkOwner> Pools => [_processes.Pool, .. _adaptation.Threads.Select(threads => threads.Pool)];

    private protected override async Task EndAsync(CloseMode mode)
    {
        _isClosed = true;
        _adaptation.IsClosing = true;
        if (mode == CloseMode.Drain)
            await _processes.Close(mode).Here(); // what waits there may go on on threads, until all have ended
        await Task.WhenAll(_adaptation.Close().Select(threads => threads.Close(mode)).Prepend(_processes.Close(mode))).Here();
    }

    internal override bool EncodesNext(WorkReference? work, SubmitOptions options) => _adaptation.Of(work!, options.Kind).EncodesNext;

    internal override int LanesFor(WorkReference? work, SubmitOptions options) => _adaptation.Of(work!, options.Kind).Workers;

    internal override Admission Submit(WorkItem item, bool mayWait)
    {
        ThrowIfClosed();
        _processes.TakeProcesses();
        return _adaptation.Of(item.Reference!, item.Options.Kind).Submit(item, mayWait);
    }

    // Whether the pool that an item goes to is broken is that pool's affair: threads work on while no process can be started.
    private protected override void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, typeof(Executor));
}
