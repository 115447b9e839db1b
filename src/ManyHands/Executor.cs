using System.Diagnostics.CodeAnalysis;
using ManyHands.Completions;
using ManyHands.Maps;
using ManyHands.Payloads;

namespace ManyHands;

/// <summary>
/// Runs work somewhere else. One contract for threads, worker processes and what comes later: to move work from one kind of worker to
/// another, change the word after <c>new</c>. All members are thread-safe.
/// </summary>
public abstract partial class Executor : IAsyncDisposable, IDisposable
{
    private readonly CancellationTokenSource _closing = new();

    private protected Executor(ExecutorTraits traits) => Traits = traits;

    /// <summary>What this executor promises.</summary>
    public ExecutorTraits Traits { get; }

    /// <summary>Encodes arguments and results where the executor copies them.</summary>
    private protected abstract IPayloadCodec Codec { get; }

    /// <summary>Tasks that can run at once when every worker is there.</summary>
    internal abstract int Lanes { get; }

    /// <summary>What has not begun can be taken back from a worker, so several tasks may be given to it at once.</summary>
    internal virtual bool CanTakeBack => true;

    /// <summary>The executor at this moment.</summary>
    /// <returns>Workers, counts, and how workers are launched.</returns>
    public abstract ExecutorSnapshot Snapshot();

    /// <summary>
    /// Refuses new work, ends what is there as <paramref name="mode"/> says, and returns when nothing of the executor is left: no process
    /// and no thread. Where something cannot be stopped (a thread in an endless loop) it returns at <see cref="ExecutorOptions.KillAfter"/>
    /// and <see cref="Snapshot"/> counts what was abandoned. May be called again, with a stricter mode too.
    /// </summary>
    /// <remarks>
    /// A map that waits for its input ends with <see cref="ObjectDisposedException"/> once it has handed out the results of what it had taken.
    /// </remarks>
    /// <param name="mode">What happens to tasks that have not ended.</param>
    /// <returns>
    /// Ends when the executor is gone. Fails at once with <see cref="ExecutorDeadlockException"/> where it is called from inside of one of the executor's own
    /// tasks, its initializer or its observer, for whose end it would wait; the executor is closing then all the same.
    /// </returns>
    public Task CloseAsync(CloseMode mode = CloseMode.Drain)
    {
        Task end = Close(mode);
        if (end.IsCompleted || Occupation.Current is not { } current || current.Within(Pools, mode) is not { } occupation)
            return end;
        var refusal = Task.FromException(occupation.Refusal());
        _ = refusal.Exception; // whoever does not wait need not look at it
        return refusal;
    }

    /// <summary>
    /// Closes with <see cref="CloseMode.Cancel"/>: leaving the block cancels what nobody has awaited. Use <see cref="CloseAsync"/> to let it end.
    /// </summary>
    /// <returns>As that of <see cref="CloseAsync"/>.</returns>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return new ValueTask(CloseAsync(CloseMode.Cancel));
    }

    /// <summary>
    /// The same as <see cref="DisposeAsync"/> for containers, fixtures and blocks that can only dispose with <c>using</c>: cancels what has not ended, and blocks the calling thread until
    /// nothing of the executor is left, at most <see cref="ExecutorOptions.KillAfter"/> and what it takes to end the workers. It needs no thread of the thread pool. Prefer
    /// <c>await using</c> where you can await.
    /// </summary>
    /// <exception cref="ExecutorDeadlockException">It is called from inside of one of the executor's own tasks; see <see cref="CloseAsync"/>.</exception>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        CloseAsync(CloseMode.Cancel).GetAwaiter().GetResult();
    }

    /// <summary>The pools that its tasks run in.</summary>
    internal abstract IEnumerable<IWorkOwner> Pools { get; }

    /// <summary>It takes nothing any more, so what waits to be given to it need not wait.</summary>
    internal CancellationToken Closing => _closing.Token;

    /// <summary>Closes it, whoever asks.</summary>
    internal Task Close(CloseMode mode)
    {
        Task end = EndAsync(mode);
        _closing.Cancel();
        return end;
    }

    /// <summary>Ends what there is, as <see cref="CloseAsync"/> says. Takes nothing any more when it returns.</summary>
    private protected abstract Task EndAsync(CloseMode mode);

    /// <summary>Takes an item, or puts it at the door of a full queue where <paramref name="mayWait"/>.</summary>
    /// <returns>Whether the queue has it, it waits at the door, or the queue is full and it was not taken.</returns>
    /// <exception cref="ObjectDisposedException">The executor has been closed.</exception>
    /// <exception cref="ExecutorBrokenException">Its workers cannot be started.</exception>
    internal abstract Admission Submit(WorkItem item, bool mayWait);

    /// <summary>Who runs this: another executor, where this one chooses between several.</summary>
    /// <param name="options">Of the submission or the map.</param>
    /// <param name="isAsync">The work returns something to await.</param>
    /// <exception cref="ArgumentException">Nobody here can; the message says who could be named.</exception>
    internal virtual Executor Place(SubmitOptions options, bool isAsync) => this;

    /// <summary>Its items may be executed in this process, encoded or not.</summary>
    internal virtual bool RunsHere => !Traits.CopiesArguments;

    /// <summary>Whether what a map submits next has to be encoded.</summary>
    /// <param name="work">Of the map; null where nothing is encoded.</param>
    /// <param name="options">Of the map.</param>
    internal virtual bool EncodesNext(WorkReference? work, SubmitOptions options) => Traits.CopiesArguments;

    /// <summary>Tasks of a map that can run at once, as far as is known now.</summary>
    /// <param name="work">Of the map; null where nothing is encoded.</param>
    /// <param name="options">Of the map.</param>
    internal virtual int LanesFor(WorkReference? work, SubmitOptions options) => Lanes;

    /// <summary>Throws where nothing can be submitted any more.</summary>
    private protected abstract void ThrowIfClosed();

    private Task<TResult> RunCore<TArgument, TResult>(
        Work<TArgument, TResult> work, TArgument argument, SubmitOptions options, CancellationToken cancellation)
    {
        Check(options);
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled<TResult>(cancellation);

        Executor place = Place(options, work.IsAsync);
        TaskItem<TArgument, TResult> item = place.Create(work, argument, options, cancellation);
        place.Submit(item, mayWait: true);
        item.ListenToCaller();
        return item.Completion;
    }

    private static async Task<Future<TResult>> Accepted<TArgument, TResult>(TaskItem<TArgument, TResult> item, Admission admission, Task waiting)
    {
        if (admission == Admission.Waiting)
            await waiting.Here(isSeen: true);
        return new Future<TResult>(item, item.Completion);
    }

    private Task<Future<TResult>> SubmitCore<TArgument, TResult>(
        Work<TArgument, TResult> work, TArgument argument, SubmitOptions options, CancellationToken cancellation)
    {
        Check(options);
        if (cancellation.IsCancellationRequested)
            return Task.FromCanceled<Future<TResult>>(cancellation);

        Executor place = Place(options, work.IsAsync);
        TaskItem<TArgument, TResult> item = place.Create(work, argument, options, cancellation);
        Task waiting = item.Admission;
        Admission admission = place.Submit(item, mayWait: true);
        item.ListenToCaller();
        return Accepted(item, admission, waiting);
    }

    private Task<Future> SubmitActionCore<TArgument>(
        Work<TArgument, Nothing> work, TArgument argument, SubmitOptions options, CancellationToken cancellation)
    {
        return Untyped(SubmitCore(work, argument, options, cancellation)); // refuses in the caller's own call

        static async Task<Future> Untyped(Task<Future<Nothing>> submission)
        {
            await submission.Here(isSeen: true);
            return submission.GetAwaiter().GetResult();
        }
    }

    private bool TrySubmitCore<TArgument, TResult>(
        Work<TArgument, TResult> work, TArgument argument, SubmitOptions options, [NotNullWhen(true)] out Future<TResult>? future,
        CancellationToken cancellation)
    {
        Check(options);
        cancellation.ThrowIfCancellationRequested();
        Executor place = Place(options, work.IsAsync);
        TaskItem<TArgument, TResult> item = place.Create(work, argument, options, cancellation);
        future = null;
        if (place.Submit(item, mayWait: false) == Admission.Full)
            return false;
        item.ListenToCaller();
        future = new Future<TResult>(item, item.Completion);
        return true;
    }

    private bool TrySubmitActionCore<TArgument>(
        Work<TArgument, Nothing> work, TArgument argument, SubmitOptions options, [NotNullWhen(true)] out Future? future,
        CancellationToken cancellation)
    {
        bool taken = TrySubmitCore(work, argument, options, out Future<Nothing>? typed, cancellation);
        future = typed;
        return taken;
    }

    private MapPlan<TArgument, TResult> MapCore<TArgument, TResult>(
        IEnumerable<TArgument> inputs, Work<TArgument, TResult> work, MapOptions options, bool ordered, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return MapCore(new SynchronousInput<TArgument>(inputs), work, options, ordered, cancellation);
    }

    private MapPlan<TArgument, TResult> MapCore<TArgument, TResult>(
        IAsyncEnumerable<TArgument> inputs, Work<TArgument, TResult> work, MapOptions options, bool ordered, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ThrowIfClosed();
        Executor place = Place(options, work.IsAsync);
        place.ThrowIfClosed();
        return new MapPlan<TArgument, TResult>(place, inputs, work, options, ordered, place.Traits.CopiesArguments ? place.Codec : null, cancellation);
    }

    private static async Task ForEachCore(IAsyncEnumerable<Nothing> results)
    {
        await foreach (Nothing _ in results.ConfigureAwait(false))
        {
        }
    }

    private void Check(SubmitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ThrowIfClosed();
    }

    private TaskItem<TArgument, TResult> Create<TArgument, TResult>(
        Work<TArgument, TResult> work, TArgument argument, SubmitOptions options, CancellationToken cancellation) =>
        Traits.CopiesArguments ? new(work, argument, options, Codec, RunsHere, cancellation) : new(work, argument, options, cancellation);
}

/// <summary>What became of a submission.</summary>
internal enum Admission
{
    Accepted,
    Waiting,
    Full,
}
