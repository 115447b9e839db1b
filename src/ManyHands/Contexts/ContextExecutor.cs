using ManyHands.Completions;
using ManyHands.Contexts;
using ManyHands.Payloads;
using ManyHands.Pooling;

namespace ManyHands;

/// <summary>
/// Not a fault barrier, and it cannot kill: a stack overflow, an access violation or <see cref="Environment.FailFast(string)"/> in the work ends the
/// whole process, and work that ignores its token is only given up. What it isolates is state: each worker is a thread with its own statics, in this
/// process, with nearly no memory. For managed code that computes and keeps static state which is not thread-safe.
/// </summary>
/// <remarks>
/// <para>
/// Each worker has a load context, into which the application's assemblies are loaded again: those of the work and all that they refer to, from the
/// first use on. A task sees the statics of its worker, as earlier tasks of that worker have left them, and never those of the caller. Everybody's
/// are: the framework and its statics (<see cref="Console"/>, <see cref="AppContext"/>, the thread pool), this library, the current directory,
/// environment variables, and native libraries with their state.
/// </para>
/// <para>
/// Work is a static method or a lambda without captures. Arguments and results are copied as for a <see cref="ProcessExecutor"/>, since a type is
/// another one in each context; errors are rebuilt as there. Asynchronous work keeps its worker's thread until it has ended.
/// </para>
/// </remarks>
public sealed class ContextExecutor : Executor
{
    private readonly WorkerPool _pool;
    private readonly ContextPlan _plan;
    private readonly CompletionQueue _completions = new("ManyHands context completions");

    /// <summary>Makes an executor with this many workers. None is started before there is work.</summary>
    /// <param name="workers">Tasks that run at once, each in a context of its own.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    public ContextExecutor(int workers) : this(new ContextExecutorOptions { Workers = workers })
    {
    }

    /// <summary>Makes an executor. No worker is started before there is work.</summary>
    /// <param name="options">What differs from the defaults.</param>
    /// <exception cref="ArgumentException">An option has a value that makes no sense; the message says which.</exception>
    /// <exception cref="WorkerStartException">The application is a single file, from which nothing can be loaded twice.</exception>
    public ContextExecutor(ContextExecutorOptions? options = null)
        : base(new ExecutorTraits(Isolation.Context, CopiesArguments: true, CanKill: false, Delivery.AtMostOnce))
    {
        options ??= new ContextExecutorOptions();
        options.Check();
        if (typeof(Executor).Assembly.Location.Length == 0)
        {
            throw new WorkerStartException(
                "This application is a single file, and its assemblies cannot be loaded into contexts of their own. Publish it without PublishSingleFile, "
                + "or use a ThreadExecutor.");
        }

        Lanes = options.ComputingWorkers;

        // Nothing that lives as long as the workers may refer to this object, or nobody would notice that it has been forgotten.
        CompletionQueue completions = _completions;
        ContextPlan plan = _plan = new ContextPlan
        {
            IsCollectible = options.Collectible,
            Initializer = options.Initializer is { } initializer ? WorkReference.From(initializer.Work) : null,
            InitializerArgument = options.Initializer?.Encode(Codec) ?? default,
            InitializerAssembly = options.Initializer?.Work.Method.Module.Assembly,
        };
        _pool = new WorkerPool(
            new SchedulerOptions
            {
                Workers = Lanes,
                QueueLimit = options.QueueLimit,
                KillAfter = options.KillAfter,
                RestartLimit = options.RestartLimit,
                CanKill = false,
                Retire = options.Retire,
            },
            (pool, number) => new ContextWorker(pool, plan, completions, number),
            options.Observer);
    }

    /// <summary>Nobody holds it any more: its tasks end, and its workers go.</summary>
    ~ContextExecutor()
    {
        if (_pool is not null) // else its constructor refused
            _ = CloseAsync();
    }

    internal override int Lanes { get; }

    private protected override IPayloadCodec Codec => PayloadCodec.Default;

    /// <inheritdoc/>
    public override ExecutorSnapshot Snapshot() => _pool.Snapshot(nameof(ContextExecutor), "load contexts of this process") with { ContextsKept = _plan.Unloaded.Kept };

    internal override IEnumerable<IWorkOwner> Pools => [_pool];

    private protected override async Task EndAsync(CloseMode mode)
    {
        await _pool.CloseAsync(mode).Here();
        await _completions.CloseAsync().Here();
    }

    internal override Admission Submit(WorkItem item, bool mayWait) => _pool.Submit(item, mayWait);

    private protected override void ThrowIfClosed() => _pool.ThrowIfClosed();
}
