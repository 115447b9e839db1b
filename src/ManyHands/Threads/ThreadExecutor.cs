using ManyHands.Completions;
using ManyHands.Payloads;
using ManyHands.Pooling;
using ManyHands.Threads;

namespace ManyHands;

/// <summary>
/// Runs work on threads of its own: for work that waits for network, disk or other programs. Nothing is copied; the work may capture what it
/// likes and has to guard it. No barrier: a stack overflow, an access violation or <see cref="Environment.FailFast(string)"/> in the work ends
/// the whole process, and work that ignores its token cannot be stopped, only given up. <see cref="ProcessExecutor"/> survives all of these.
/// </summary>
/// <remarks>
/// Synchronous work holds one thread each; asynchronous work holds a worker but no thread, so <c>Workers = 10_000</c> is fine for it. The
/// application's thread pool is not used for synchronous work and cannot be starved by it. A task that waits for another one of the same executor
/// holds its worker meanwhile: where all workers are held like that, what cannot begin fails with <see cref="ExecutorDeadlockException"/>.
/// </remarks>
public sealed class ThreadExecutor : Executor
{
    private readonly WorkerPool _pool;
    private readonly OwnThreads _threads;

    /// <summary>Makes an executor with this many workers. No thread is started before there is work.</summary>
    /// <param name="workers">Tasks that run at once.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    public ThreadExecutor(int workers) : this(new ExecutorOptions { Workers = workers })
    {
    }

    /// <summary>Makes an executor. No thread is started before there is work.</summary>
    /// <param name="options">What differs from the defaults.</param>
    /// <exception cref="ArgumentException">An option has a value that makes no sense; the message says which.</exception>
    public ThreadExecutor(ExecutorOptions? options = null) : this(options, idleLimit: null, guessedStandstill: null)
    {
    }

    internal ThreadExecutor(int workers, TimeSpan idleLimit) : this(new ExecutorOptions { Workers = workers }, idleLimit, guessedStandstill: null)
    {
    }

    /// <summary>Makes an executor whose pool may have another number of workers later.</summary>
    internal ThreadExecutor(ExecutorOptions options, int mostWorkers) : this(options, idleLimit: null, guessedStandstill: null, mostWorkers)
    {
    }

    internal ThreadExecutor(ExecutorOptions? options, TimeSpan? idleLimit, TimeSpan? guessedStandstill, int? mostWorkers = null)
        : base(new ExecutorTraits(Isolation.None, CopiesArguments: false, CanKill: false, Delivery.AtMostOnce))
    {
        options ??= new ExecutorOptions();
        options.Check();
        Lanes = options.Workers ?? Math.Min(32, Environment.ProcessorCount + 4);
        _threads = new OwnThreads(mostWorkers ?? Lanes, idleLimit);
        _pool = new WorkerPool(
            new SchedulerOptions
            {
                Workers = Lanes,
                QueueLimit = options.QueueLimit,
                KillAfter = options.KillAfter,
                RestartLimit = options.RestartLimit,
                CanKill = false,
                GuessedStandstill = guessedStandstill ?? TimeSpan.FromSeconds(10),
            },
            (pool, number) => new ThreadWorker(pool, _threads, options.Initializer, number),
            options.Observer);
    }

    internal override int Lanes { get; }

    /// <summary>For an executor that adapts it.</summary>
    internal WorkerPool Pool => _pool;

    private protected override IPayloadCodec Codec => PayloadCodec.Default;

    /// <inheritdoc/>
    public override ExecutorSnapshot Snapshot() => _pool.Snapshot(nameof(ThreadExecutor), "threads of this process");

    internal override IEnumerable<IWorkOwner> Pools => [_pool];

    private protected override async Task EndAsync(CloseMode mode)
    {
        await _pool.CloseAsync(mode).Here();
        await _threads.CloseAsync().Here();

        // A thread that was given up among continuations has left the end of its item to others.
        var behind = new TaskCompletionSource();
        CompletionThread.CompleteBehind(behind);
        await behind.Task.Here();
    }

    internal override Admission Submit(WorkItem item, bool mayWait) => _pool.Submit(item, mayWait);

    private protected override void ThrowIfClosed() => _pool.ThrowIfClosed();
}
