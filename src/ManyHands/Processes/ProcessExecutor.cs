using ManyHands.Completions;
using ManyHands.Payloads;
using ManyHands.Platform;
using ManyHands.Pooling;
using ManyHands.Processes;
using ManyHands.Protocol;

namespace ManyHands;

/// <summary>
/// Runs work in worker processes: for work that computes, crashes, leaks, must be killed or is not thread-safe. A dead worker fails the one
/// task it was running and is replaced; everything else goes on. Work that ignores cancellation is killed. Nothing survives the executor, nor
/// the process it is in.
/// </summary>
/// <remarks>
/// Work is a static method or a lambda without captures. Arguments and results are copied: unmanaged values, strings and arrays of them as
/// raw bytes, the rest as JSON; a value that would arrive changed is refused. A round trip costs five to ten microseconds, a worker about
/// 5 MiB and 50 ms to start. Workers are started when there is work for them. Tasks may use executors of their own: the first submission to one throws an
/// <see cref="ExecutorNestingException"/> if the processes are used up that its worker may start.
/// </remarks>
public sealed class ProcessExecutor : Executor
{
    private readonly WorkerPool _pool;
    private readonly ProcessWorkerPlan _plan;
    private readonly ProcessShare _share;

    /// <summary>Makes an executor with this many worker processes. None is started before there is work.</summary>
    /// <param name="workers">Worker processes.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than one.</exception>
    /// <exception cref="ExecutorNestingException">This is a worker process, too deep below the application.</exception>
    public ProcessExecutor(int workers) : this(new ProcessExecutorOptions { Workers = workers })
    {
    }

    /// <summary>Makes an executor. No process is started before there is work.</summary>
    /// <param name="options">What differs from the defaults.</param>
    /// <exception cref="ArgumentException">An option has a value that makes no sense; the message says which.</exception>
    /// <exception cref="ExecutorNestingException">This is a worker process, too deep below the application.</exception>
    /// <exception cref="WorkerStartException">This kind of application cannot start workers; the message says why and what to do.</exception>
    public ProcessExecutor(ProcessExecutorOptions? options = null)
        : base(new ExecutorTraits(Isolation.Process, CopiesArguments: true, CanKill: true, Delivery.AtMostOnce))
    {
        options ??= new ProcessExecutorOptions();
        options.Check();
        Codec = options.Codec ?? PayloadCodec.Default;
        RefuseWhereLaunchWentWrong();
        WorkerLaunch launch = options.Launch ?? WorkerLaunch.Find();
        ProcessControl.WatchForMemoryKills();
        WorkerSettings settings = Settings(options); // refuses what cannot travel before anything is taken
        ProcessShare share = _share = new ProcessShare(options.ComputingWorkers, options.WarmSpares);
        Lanes = share.Workers * options.LanesPerWorker;

        // Nothing that lives as long as the workers may refer to this object, or nobody would notice that it has been forgotten.
        WorkerPool? printsTo = null;
        ProcessWorkerPlan plan = _plan = new ProcessWorkerPlan
        {
            Lanes = options.LanesPerWorker,
            Launch = launch,
            Folder = new StartFolder(),
            Environment = WorkerEnvironment.Build(options.Environment, options.MemoryLimit),
            Output = (worker, text, ends, isError) => Print(options.Output, printsTo!, worker, text, ends, isError),
            ShowsOutput = options.Output != WorkerOutput.Discard,
            InitializerAssembly = options.Initializer?.Work.Method.Module.Assembly,
            Portable = options.Portable,
            HeartbeatLimit = options.HeartbeatLimit,
            MemoryLimit = options.MemoryLimit,
            MaxResult = (int)options.MaxResult,
            Settings = settings,
            Share = share,
        };
        _pool = printsTo = new WorkerPool(
            new SchedulerOptions
            {
                Workers = share.Workers,
                WarmSpares = share.Spares,
                QueueLimit = options.QueueLimit,
                KillAfter = options.KillAfter,
                RestartLimit = options.RestartLimit,
                CanKill = true,
                CanPrefetch = plan.HasMarks,
                Retire = options.Retire,
                StartLimit = options.StartLimit,
                MemoryLimit = options.MemoryLimit,
                HeartbeatLimit = options.HeartbeatLimit == Timeout.InfiniteTimeSpan ? null : options.HeartbeatLimit,
            },
            (pool, number) => new ProcessWorker(pool, plan, number),
            options.Observer);
    }

    /// <summary>Nobody holds it any more: its tasks end, and its workers go.</summary>
    ~ProcessExecutor()
    {
        if (_pool is not null) // else its constructor refused
            _ = CloseAsync();
    }

    internal override int Lanes { get; }

    /// <summary>For an executor that adapts it.</summary>
    internal WorkerPool Pool => _pool;

    internal override bool CanTakeBack => _plan.HasMarks;

    private protected override IPayloadCodec Codec { get; }

    /// <inheritdoc/>
    public override ExecutorSnapshot Snapshot() => _pool.Snapshot(nameof(ProcessExecutor), _plan.Launch.Description);

    internal override IEnumerable<IWorkOwner> Pools => [_pool];

    private protected override async Task EndAsync(CloseMode mode)
    {
        await _pool.CloseAsync(mode).Here();
        _plan.Folder.Dispose();
        _share.Return();
    }

    internal override Admission Submit(WorkItem item, bool mayWait)
    {
        TakeProcesses();
        return _pool.Submit(item, mayWait);
    }

    /// <summary>Before the first work is given to the pool.</summary>
    /// <exception cref="ExecutorNestingException">This is a worker process, and its share of processes is used up.</exception>
    internal void TakeProcesses()
    {
        if (!_share.IsTaken) // else each submission would make a delegate
            _share.Take(_pool.SetLimit);
    }

    private protected override void ThrowIfClosed() => _pool.ThrowIfClosed();

    // Each copy of the application would start others, without end.
    private static void RefuseWhereLaunchWentWrong()
    {
        if (Environment.GetEnvironmentVariable(WorkerVariables.Marker) is not null)
        {
            throw new WorkerStartException(
                $"This process was started to be a worker (it has the variable {WorkerVariables.Marker}), but it runs another program. It may not start "
                + "workers of its own. If that is no mistake, remove the variable before you make an executor.");
        }
    }

    private WorkerSettings Settings(ProcessExecutorOptions options)
    {
        var codec = new PayloadWriter();
        if (options.Codec is { } own)
        {
            TypeAddress.Of(own.GetType()).Write(codec);
            LoadContextAddress.WriteList(LoadContexts.Of([own.GetType()]), codec);
        }

        var initializer = new PayloadWriter();
        if (options.Initializer is { } work)
            WorkReference.From(work.Work).Write(initializer);
        return new WorkerSettings
        {
            ParentPid = Environment.ProcessId,
            Depth = Nesting.Depth + 1,
            ProcessBudget = 0,
            Application = ApplicationIdentity.Own with { Variables = WorkerEnvironment.Hidden(options.Environment) },
            Codec = codec.WrittenSpan.ToArray(),
            Initializer = initializer.WrittenSpan.ToArray(),
            InitializerArgument = options.Initializer?.Encode(Codec).Bytes.ToArray() ?? [],
        };
    }

    private static void Print(WorkerOutput output, WorkerPool pool, int worker, string text, bool ends, bool isError)
    {
        if (output == WorkerOutput.Console)
            WriteToConsole(pool, text, ends, isError);
        else if (output == WorkerOutput.Observer)
            pool.Observe(new WorkerPrinted(worker, text, isError) { Ends = ends });
    }

    private static void WriteToConsole(WorkerPool pool, string text, bool ends, bool isError)
    {
        try
        {
            TextWriter console = isError ? Console.Error : Console.Out;
            if (ends)
                console.WriteLine(text);
            else
                console.Write(text);
        }
        catch (Exception) // a full disk, a closed pipe, a writer that somebody disposed: the line is lost, and counted; nothing else may be
        {
            pool.CountObserverError();
        }
    }
}
