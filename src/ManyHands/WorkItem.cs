using ManyHands.Completions;
using ManyHands.Payloads;

namespace ManyHands;

/// <summary>Who runs an item and counts how it ends: the pool it was submitted to.</summary>
internal interface IWorkOwner
{
    /// <summary>Cancels an item wherever it is.</summary>
    void RequestCancel(WorkItem item, CancelReason reason);

    /// <summary>Is told of every end, once for each task, before the caller can see it.</summary>
    void Ended(WorkItem item, TaskOutcome outcome, Exception? error, int count = 1);

    /// <summary>An item is about to end elsewhere: nobody may say that all have ended before the <see cref="Release"/>.</summary>
    void Hold();

    /// <summary>It has ended.</summary>
    void Release();

    /// <summary>The rest of the end of one of its tasks takes its time.</summary>
    /// <returns>False where nobody waits for that any more: it is to be given up.</returns>
    bool Expect(LateEnd end);

    /// <summary>That task has ended, or is about to.</summary>
    void Forget(LateEnd end);
}

/// <summary>Learns from what items turn out to be: for executors that choose by it. Called on the threads that report, never under a lock of the library's.</summary>
internal interface IWorkMeter
{
    /// <summary>Tasks of an item have run in a worker process.</summary>
    /// <param name="count">How many.</param>
    /// <param name="elapsed">For how long in all.</param>
    /// <param name="pid">Where.</param>
    void Ran(int count, TimeSpan elapsed, int pid);

    /// <summary>A worker process was lost with an item of this work that it had begun.</summary>
    void AttemptLost();

    /// <summary>Tasks of an item have ended, wherever it ran.</summary>
    void Ended(WorkItem item, int count, Exception? error);
}

/// <summary>Where an item is kept while it has not ended: a queue or a lane.</summary>
internal interface IHolder;

/// <summary>
/// One submission: a task, or the tasks of a map that travel together. It can be executed in exactly two ways: <see cref="Run"/> it here,
/// or send <see cref="Reference"/> and <see cref="WriteArguments"/> elsewhere and hand what comes back to <see cref="Complete(int, ReadOnlySpan{byte})"/> or
/// <see cref="FailOne"/>.
/// </summary>
internal abstract class WorkItem(SubmitOptions options)
{
    private static long _lastId;
    private int _cancelReason;
    private int _state;
    private object? _submitter; // Outer itself, on its thread; else what it has started and runs on the submitting thread, as far as that is known

    public TaskId Id { get; } = new(Interlocked.Increment(ref _lastId));

    public SubmitOptions Options { get; } = options;

    /// <summary>Address of the work for other processes; null where the executor does not copy arguments.</summary>
    public WorkReference? Reference { get; protected init; }

    /// <summary>It can be sent elsewhere.</summary>
    public virtual bool CanTravel => Reference is not null;

    /// <summary>What else travels with the work; null where the executor does not copy arguments.</summary>
    public CallContext? Context { get; protected init; }

    public abstract string Name { get; }

    /// <summary>The work can be asked to stop.</summary>
    public abstract bool TakesToken { get; }

    /// <summary>Tasks in this item.</summary>
    public abstract int Count { get; }

    /// <summary>It came from a map, so <see cref="WriteArguments"/> puts a length (32 bits) before each argument.</summary>
    public virtual bool IsBatch => false;

    /// <summary>Bytes of the encoded arguments.</summary>
    public abstract long ArgumentBytes { get; }

    /// <summary>The running item from inside of which it was submitted; null where there was none, and where it is run in another process.</summary>
    public RunningItem? Outer { get; private set; }

    public FutureState State
    {
        get => (FutureState)Volatile.Read(ref _state);
        private protected set => Volatile.Write(ref _state, (int)value);
    }

    /// <summary>Why it is being cancelled, if it is. The first reason stays.</summary>
    public CancelReason CancelReason => (CancelReason)Volatile.Read(ref _cancelReason);

    /// <summary>Learns from it; null for most. Set before it is submitted.</summary>
    public IWorkMeter? Meter { get; set; }

    // ---- Owned by the scheduler; read and written under the pool's lock only.

    /// <summary>The pool it was submitted to.</summary>
    public IWorkOwner? Owner { get; set; }

    public IHolder? Holder { get; set; }

    /// <summary>It was submitted from inside of an item of the same pool, which may be waiting for it.</summary>
    public bool IsInner { get; set; }

    public WorkItem? Next { get; set; }

    public WorkItem? Previous { get; set; }

    /// <summary>Workers it has been given to, this one included.</summary>
    public int Attempt { get; set; }

    /// <summary>When it was given to its worker. In the pool's time.</summary>
    public TimeSpan GivenAt { get; set; }

    /// <summary>Attempts that ended with their worker, oldest first.</summary>
    public IReadOnlyList<LostAttempt> LostAttempts { get; set; } = [];

    /// <summary>Workers that were lost one after the other while its first task was the next to begin, and had not, as far as they said.</summary>
    public int Suspicions { get; set; }

    /// <summary>It was found to have been passed by what lies behind it in its lane, so that its end must be on the way.</summary>
    public bool WasPassed { get; set; }

    /// <summary>What is known about the worker that was killed to stop it.</summary>
    public WorkerReport? Report { get; set; }

    /// <summary>A task of it ended because there was no memory, so its worker is not to be trusted with another.</summary>
    public bool RanOutOfMemory { get; set; }

    /// <summary>When something is due for it: its timeout, or, once it is being cancelled, the kill. In the pool's time.</summary>
    public TimeSpan Due { get; set; } = TimeSpan.MaxValue;

    /// <summary>Where a process worker's lane keeps it; see there.</summary>
    public uint Sequence { get; set; }

    /// <summary>Counts how often it has been given to a worker, so that a late claim of an earlier one fails.</summary>
    public uint Generation { get; set; }

    /// <summary>The begun mark while the item is executed in this process; see <see cref="Claim"/>.</summary>
#pragma warning disable CA1051 // A compare-exchange needs a field.
    public long Word;
#pragma warning restore CA1051

    /// <summary>Called when the item has moved from the doorstep into the queue, or was refused there.</summary>
    public virtual void Admitted(Exception? refusal)
    {
    }

    /// <summary>A worker has it now.</summary>
    public virtual void Assigned() => State = FutureState.Running;

    /// <summary>Notes why it is cancelled; false where it was being cancelled already.</summary>
    public bool TryMarkCancelled(CancelReason reason) =>
        Interlocked.CompareExchange(ref _cancelReason, (int)reason, (int)CancelReason.None) == (int)CancelReason.None;

    /// <summary>Asks the pool to cancel it.</summary>
    public void RequestCancel(CancelReason reason) => Owner?.RequestCancel(this, reason);

    /// <summary>The running item from inside of which it was submitted, until that one ends.</summary>
    public virtual WorkItem? OuterItem => Outer?.Item;

    /// <summary>The item that it holds up: the running one from inside of which it was submitted, where that one cannot end before this one has.</summary>
    /// <param name="isGuess">
    /// It looks like that, and may be otherwise: a thread is blocked, and nobody can tell by what; or the wait may end because it is cancelled.
    /// </param>
    public virtual WorkItem? HoldsUp(out bool isGuess)
    {
        isGuess = false;
        if (Outer is not { Item: { } outer } running || !Awaited.Any(task => running.WaitsFor(task, _submitter)))
            return null;
        isGuess = running.Pending is null || _submitter is Task || MayBeCancelled;
        return outer;
    }

    /// <summary>Its caller may cancel it.</summary>
    private protected virtual bool MayBeCancelled => false;

    /// <summary>What those wait for who wait for it.</summary>
    private protected virtual IEnumerable<Task> Awaited => [];

    /// <summary>Notes from inside of which item it is being submitted.</summary>
    private protected void NoteOuter()
    {
        Outer = RunningItem.Current;
        _submitter = Outer is null || Outer.IsOnThisThread ? Outer : TaskWaiters.Executing;
    }

    /// <summary>It is a part of an item that was submitted.</summary>
    private protected void NoteOuter(WorkItem whole) => (Outer, _submitter, IsInner) = (whole.Outer, whole._submitter, whole.IsInner);

    // ---- Here.

    /// <summary>
    /// What it runs in on a thread of this process: its caller's execution context, or, where it could have gone elsewhere, one that has nothing but what it
    /// would have had there. Null where there is none: then whoever runs it <see cref="Occupation.Forget"/>s.
    /// </summary>
    private protected ExecutionContext? Surroundings(ExecutionContext? callers) => Context is null ? callers : ExecutionContext.Capture();

    /// <summary>Executes what has not begun, on this thread, and ends those tasks; <see cref="Publish"/> is the caller's to call. Never throws.</summary>
    /// <param name="running">This run of it.</param>
    /// <returns>Null when all is done; else a task that ends, without error, when it is.</returns>
    public abstract Task? Run(RunningItem running);

    /// <summary>Asks the running work to stop. Runs callbacks of the work: never under a lock.</summary>
    public abstract void CancelRun();

    // ---- Elsewhere.

    /// <summary>Writes the encoded arguments of all tasks of the item.</summary>
    public abstract ReadOnlyMemory<byte> WriteArguments();

    /// <summary>
    /// Ends one task with its result. A single task's caller sees it with <see cref="Publish"/>, that of a batch with <see cref="ShowResults"/>.
    /// </summary>
    public abstract void Complete(int index, ReadOnlySpan<byte> result);

    /// <summary>
    /// Lets the results of a batch be seen that were read so far; <see cref="Publish"/> has somebody look. Called by the thread that reads them.
    /// </summary>
    public virtual void ShowResults()
    {
    }

    /// <summary>Where a single task's result of this length is best received; null for a buffer.</summary>
    public virtual LargeValue? LargeResult(int length) => null;

    /// <summary>Ends a single task with a result that <see cref="LargeResult"/> gave and that has been filled.</summary>
    public virtual void Complete(LargeValue result) => throw new NotSupportedException();

    /// <summary>Is told how long some of its tasks ran in all.</summary>
    public virtual void Measured(int count, TimeSpan elapsed)
    {
    }

    /// <summary>Ends one task with an error that came from another process.</summary>
    public abstract void FailRemotely(int index, RemoteFailure failure);

    // ---- Ends. Each task has exactly one; what comes later is ignored.

    /// <summary>Ends one task with an error.</summary>
    public abstract void FailOne(int index, Exception error);

    /// <summary>Ends every task that has not ended, with an error.</summary>
    public abstract void FailAll(Exception error);

    /// <summary>Ends every task that has not ended as cancelled, for <see cref="CancelReason"/>.</summary>
    public abstract void EndCancelled();

    /// <summary>One task has ended.</summary>
    public abstract bool HasEnded(int index);

    /// <summary>
    /// Lets the caller of a task that has ended go on, and may run its continuations right here: only where <see cref="Completions.CompletionRun"/> looks
    /// after that. Once is enough, more does no harm.
    /// </summary>
    public virtual void Publish()
    {
    }

    /// <summary>Splits off what begins at <paramref name="cut"/>, to be run by somebody else.</summary>
    /// <returns>The item itself where <paramref name="cut"/> is 0, null where nothing is behind it.</returns>
    public abstract WorkItem? TakeRest(int cut);

    /// <summary>The error for a task that was cancelled, or null where it is a plain cancellation by the caller.</summary>
    private protected Exception? CancelError() => CancelReason switch
    {
        CancelReason.Timeout => new TaskTimeoutException(
            $"Task {Id} ({Name}) did not end within {Options.Timeout} and was cancelled."
            + (Report is { } report ? $" Its worker process {report.Pid} was killed.{report.LastWords}{report.Usage?.Sentence}" : "")
            + " If it needs longer, give it a longer Timeout.",
            Options.Timeout ?? TimeSpan.Zero,
            report: Report),
        CancelReason.Closed => new ObjectDisposedException(
            nameof(Executor), $"Task {Id} ({Name}) did not end before its executor was closed. CloseAsync(CloseMode.Drain) lets tasks end first."),
        _ => null,
    };
}
