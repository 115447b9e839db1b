using System.Diagnostics;
using ManyHands.Pooling;

namespace ManyHands.Adaptive;

/// <summary>
/// What an <see cref="AdaptiveExecutor"/> has been given of one method with one declared kind, or with none: what is known about it, and where its tasks go.
/// Choices are made by the one thread that looks (<see cref="Adaptation"/>), but for those that a submission declares.
/// </summary>
/// <param name="adaptation">Of the executor.</param>
/// <param name="method">The method.</param>
/// <param name="kind">What its submissions declare. It is a promise to them: nothing that is measured changes it.</param>
internal sealed class AdaptiveWork(Adaptation adaptation, AdaptiveMethod method, WorkKind? kind) : IWorkMeter
{
    private readonly Lock _gate = new();
    private readonly StripedCount _submitted = new();
    private readonly StripedCount _ended = new();
    private volatile Choice _choice = Choice.Unknown(adaptation.Limits);
    private volatile ThreadExecutor? _threads;
    private Measurement _seen;
    private ConcurrencyController? _controller;
    private int _workers = adaptation.Limits.Computing;
    private long _lastEnd;
    private Mark? _mark; // where the running measurement of throughput began

    public Choice Choice => _choice;

    /// <summary>Workers that its tasks may have at once.</summary>
    public int Workers => Volatile.Read(ref _workers);

    /// <summary>Its own threads, once it has been given some.</summary>
    public ThreadExecutor? Threads => _threads;

    /// <summary>Something of it has not ended.</summary>
    public bool IsActive => _submitted.Value != _ended.Value;

    /// <summary>Something of it has been submitted.</summary>
    public bool IsUsed => _submitted.Value != 0;

    /// <summary>What is measured of it is still to be judged.</summary>
    public bool IsLearning { get; private set; } = kind is null;

    /// <summary>What is submitted next goes to another process, as far as is known.</summary>
    public bool EncodesNext => !IsHere;

    /// <summary>For people.</summary>
    public WorkChoice Shown
    {
        get
        {
            string more = _controller?.Reason is { Length: > 0 } reason && IsHere ? $"; {reason}" : "";
            return new WorkChoice(method.Reference.DisplayName, IsHere ? nameof(ThreadExecutor) : nameof(ProcessExecutor), Workers, _choice.Reason + more);
        }
    }

    private bool IsHere => _choice.Place is Place.Threads or Place.TinyOnThreads && !method.IsDangerous;

    public Admission Submit(WorkItem item, bool mayWait)
    {
        if (kind is { } declared && _choice.Place == Place.Unknown)
            Declare(declared);
        item.Meter = this;
        _submitted.Add(item.Count);
        bool taken = false;
        try
        {
            // What a map did not encode has to stay here, whatever has been found out since.
            WorkerPool pool = _threads is { } threads && (IsHere || !item.CanTravel) ? threads.Pool : adaptation.Processes;
            Admission admission = pool.Submit(item, mayWait);
            taken = admission != Admission.Full;
            adaptation.Wake();
            return admission;
        }
        finally
        {
            if (!taken)
                _submitted.Add(-item.Count);
        }
    }

    public void Ran(int count, TimeSpan elapsed, int pid)
    {
        if (adaptation.IsLearning)
            adaptation.Readings.Ran(this, count, elapsed, pid);
    }

    public void AttemptLost() => method.NoteDanger();

    public void Ended(WorkItem item, int count, Exception? error)
    {
        // A worker that was killed to stop it, that it took with it, or that it left without memory.
        if (item.Report is not null || item.Attempt > 1 || item.RanOutOfMemory || error is WorkerLostException or OutOfMemoryException or AccessViolationException)
            method.NoteDanger();
        _ended.Add(count);
        if (IsHere)
            Volatile.Write(ref _lastEnd, Stopwatch.GetTimestamp());
    }

    /// <summary>Some of its tasks were measured in a worker process.</summary>
    public void Add(Measurement seen)
    {
        using (Uninterrupted.Hold(_gate))
            _seen += seen;
    }

    /// <summary>Looks at what is known by now.</summary>
    /// <param name="unended">What was seen of tasks that have not ended.</param>
    public void Look(Measurement unended)
    {
        if (method.IsDangerous && _choice.Place != Place.Isolated)
            Isolate();
        else if (IsLearning)
            Judge(unended);
        else if (_choice.Place == Place.Threads)
            Adapt();
        Bring();
    }

    /// <summary>Measures again what computes: it may not do so for ever.</summary>
    public void LearnAgain()
    {
        if (_choice.Place != Place.Processes || IsLearning || kind is not null)
            return;
        using (Uninterrupted.Hold(_gate))
            _seen = default;
        IsLearning = true;
    }

    private void Isolate()
    {
        using (Uninterrupted.Hold(_gate))
            Choose(Choice.Dangerous(adaptation.Limits), TimeSpan.Zero);
    }

    private void Judge(Measurement unended)
    {
        Measurement seen;
        using (Uninterrupted.Hold(_gate))
            seen = _seen;
        if (Choice.Of(seen + unended, adaptation.Limits) is not { } choice)
            return;
        using (Uninterrupted.Hold(_gate))
        {
            if (IsLearning)
                Choose(choice, seen.TaskTime);
        }
    }

    private void Declare(WorkKind declared)
    {
        using (Uninterrupted.Hold(_gate))
        {
            if (_choice.Place == Place.Unknown)
                Choose(Choice.Declared(declared, adaptation.Limits), TimeSpan.Zero);
        }
    }

    private void Choose(Choice choice, TimeSpan taskTime)
    {
        if (choice.Place is Place.Threads or Place.TinyOnThreads)
        {
            _threads ??= adaptation.NewThreads();
            _threads.Pool.SetLimit(choice.Workers);
        }

        if (choice.Place == Place.Threads)
        {
            _controller = new ConcurrencyController(choice.Workers, choice.Least, adaptation.Limits.MostWaiting, taskTime);
            _mark = new Mark(_ended.Value, Stopwatch.GetTimestamp());
        }

        Volatile.Write(ref _workers, choice.Workers);
        IsLearning = false;
        _choice = choice;
    }

    /// <summary>Has what no worker has begun follow the choice. Again and again, since a submission may have gone by an older one.</summary>
    private void Bring()
    {
        if (_threads is not { } threads || (adaptation.IsClosing && !IsHere))
            return;
        (WorkerPool from, WorkerPool to) = IsHere ? (adaptation.Processes, threads.Pool) : (threads.Pool, adaptation.Processes);
        if (from.Queued == 0)
            return;
        foreach (WorkItem item in from.Move(MayMove, to))
            item.Publish(); // a map has room for more now
    }

    private bool MayMove(WorkItem item) =>
        ReferenceEquals(item.Meter, this) && item is { CanTravel: true, Attempt: 0, CancelReason: CancelReason.None };

    private void Adapt()
    {
        ThreadExecutor threads = _threads!;
        if (_controller is not { } controller || threads.Pool.Queued == 0)
        {
            _mark = null; // not all workers are busy: nobody knows what they could do
            return;
        }

        var now = new Mark(_ended.Value, Volatile.Read(ref _lastEnd));
        if (_mark is not { } mark)
        {
            _mark = now;
            return;
        }

        long tasks = now.Ended - mark.Ended;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(mark.At, now.At);
        if (tasks < controller.Wanted.Tasks || elapsed < controller.Wanted.Time)
            return;
        controller.Measured(tasks, elapsed);
        _mark = now;
        if (controller.Workers == Workers)
            return;
        Volatile.Write(ref _workers, controller.Workers);
        threads.Pool.WakeMaps(); // while some of them are queued
        threads.Pool.SetLimit(controller.Workers);
    }

    private readonly record struct Mark(long Ended, long At);
}
