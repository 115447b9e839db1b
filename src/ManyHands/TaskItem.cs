using System.Reflection;
using ManyHands.Payloads;

namespace ManyHands;

/// <summary>One task.</summary>
internal sealed class TaskItem<TArgument, TResult> : WorkItem
{
    private readonly Work<TArgument, TResult> _work;
    private readonly TArgument _argument;
    private readonly Payload _payload;
    private readonly IPayloadCodec? _codec;
    private readonly ExecutionContext? _execution;
    private readonly CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;
    private CancellationTokenSource? _running;
    private TaskCompletionSource? _admitted;
    private int _ended;

    // Continuations must not run on the thread that completes: a caller that blocks after its await would stop every lane.
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A task that may be executed in this process.</summary>
    public TaskItem(Work<TArgument, TResult> work, TArgument argument, SubmitOptions options, CancellationToken cancellation) : base(options)
    {
        _work = work;
        _argument = argument;
        _cancellation = cancellation;
        _execution = ExecutionContext.Capture();
    }

    /// <summary>A task that travels: what cannot is refused here, and nothing of the argument itself is kept.</summary>
    public TaskItem(
        Work<TArgument, TResult> work, TArgument argument, SubmitOptions options, IPayloadCodec codec, CancellationToken cancellation)
        : base(options)
    {
        _work = work;
        _argument = default!;
        _cancellation = cancellation;
        _codec = codec;
        Reference = WorkReference.From(work.Delegate);
        Context = CallContext.Capture();
        _payload = Payload.Encode(codec, argument, PayloadSide.Submit);
    }

    public Task<TResult> Completion => _completion.Task;

    public override string Name => Options.Name ?? Reference?.DisplayName ?? Work<TArgument, TResult>.Name(_work.Delegate);

    public override bool TakesToken => _work.TakesToken;

    public override int Count => 1;

    public override long ArgumentBytes => _payload.Length;

    /// <summary>Ends when the queue has room for the item. Ask before submitting.</summary>
    public Task Admission => (_admitted ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Lets the caller's token cancel the task from now on.</summary>
    public void ListenToCaller()
    {
        if (!_cancellation.CanBeCanceled)
            return;
        _registration = _cancellation.UnsafeRegister(static item => ((WorkItem)item!).RequestCancel(CancelReason.Caller), this);
        Interlocked.MemoryBarrier(); // whoever ends it looks for the registration after saying so; one of the two sees the other
        if (Volatile.Read(ref _ended) != 0)
            _registration.Dispose(); // it ended in between
    }

    public override void Admitted(Exception? refusal)
    {
        if (refusal is null)
            _admitted?.TrySetResult();
        else if (refusal is OperationCanceledException && _cancellation.IsCancellationRequested)
            _admitted?.TrySetCanceled(_cancellation);
        else
            _admitted?.TrySetException(refusal);
    }

    public override Task? Run(uint generation)
    {
        if (!Claim.TryBegin(ref Word, generation, out _))
            return null;
        if (_execution is null)
            return RunHere();

        // The caller's AsyncLocals and culture are the work's, as with Task.Run.
        Task? pending = null;
        ExecutionContext.Run(_execution, _ => pending = RunHere(), null);
        return pending;
    }

    public override void CancelRun()
    {
        try
        {
            Volatile.Read(ref _running)?.Cancel();
        }
        catch (AggregateException error)
        {
            FailAll(error); // a cancellation callback of the work threw: that is the task's own error
        }
    }

    public override ReadOnlyMemory<byte> WriteArguments() => _payload.Bytes;

    public override void Complete(int index, ReadOnlySpan<byte> result)
    {
        // From here on the task has ended for the pool, even where its result is decoded later.
        if (!TryClaim())
            return;
        if (ReferenceEquals(_codec, PayloadCodec.Default) && (PayloadCodec.IsRaw<TResult>() || typeof(TResult) == typeof(Nothing)))
        {
            Decode(result);
            return;
        }

        // Decoding may run code of the result's type, which must not hold up the thread that reads for everybody.
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Item.Decode(state.Bytes), (Item: this, Bytes: result.ToArray()), preferLocal: false);
    }

    public override void FailRemotely(int index, RemoteFailure failure)
    {
        if (CancelReason != CancelReason.None && failure.IsCancellation)
            EndCancelled();
        else if (TryClaim())
            ThreadPool.UnsafeQueueUserWorkItem(
                static state => state.Item.FailClaimed(state.Failure.Rebuild(state.Item.Assembly)), (Item: this, Failure: failure), preferLocal: false);
    }

    public override void FailOne(int index, Exception error) => FailAll(error);

    public override void FailAll(Exception error)
    {
        if (TryClaim())
            FailClaimed(error);
    }

    public override void EndCancelled()
    {
        if (!TryClaim())
            return;
        if (CancelError() is { } error)
        {
            FailClaimed(error);
            return;
        }

        End(FutureState.Cancelled, TaskOutcome.Cancelled, null);
        _completion.TrySetCanceled(_cancellation.IsCancellationRequested ? _cancellation : new CancellationToken(canceled: true));
    }

    public override bool HasEnded(int index) => Volatile.Read(ref _ended) != 0;

    public override WorkItem? TakeRest(int cut) => cut == 0 ? this : null;

    private Assembly Assembly => _work.Delegate.Method.Module.Assembly;

    private Task? RunHere()
    {
        if (TakesToken)
        {
            Interlocked.Exchange(ref _running, new CancellationTokenSource()); // a full fence: either this side sees the reason, or the other the source
            if (CancelReason != CancelReason.None)
                _running!.Cancel();
        }

        try
        {
            Task<TResult>? pending = _work.Invoke(_argument, _running?.Token ?? CancellationToken.None, out TResult result);
            if (pending is not null)
                return Finish(pending);
            Succeed(result);
        }
        catch (Exception error) // whatever the work throws is its caller's
        {
            Threw(error);
        }

        return null;
    }

    private async Task Finish(Task<TResult> pending)
    {
        try
        {
            Succeed(await pending.ConfigureAwait(false));
        }
        catch (Exception error) // whatever the work throws is its caller's
        {
            Threw(error);
        }
    }

    private void Threw(Exception error)
    {
        if (error is OperationCanceledException && CancelReason != CancelReason.None)
            EndCancelled();
        else
            FailAll(error);
    }

    private void Decode(ReadOnlySpan<byte> result)
    {
        try
        {
            SucceedClaimed(Payload.Decode<TResult>(_codec!, result, PayloadSide.ParentResult));
        }
        catch (PayloadException error)
        {
            FailClaimed(error);
        }
    }

    private void Succeed(TResult result)
    {
        if (TryClaim())
            SucceedClaimed(result);
    }

    private void SucceedClaimed(TResult result)
    {
        End(FutureState.Succeeded, TaskOutcome.Succeeded, null);
        _completion.TrySetResult(result);
    }

    private void FailClaimed(Exception error)
    {
        End(FutureState.Failed, TaskOutcome.Failed, error);
        _completion.TrySetException(error);
    }

    /// <summary>Whoever ends the task claims it first; only one can.</summary>
    private bool TryClaim() => Interlocked.Exchange(ref _ended, 1) == 0;

    private void End(FutureState state, TaskOutcome outcome, Exception? error)
    {
        State = state;
        _registration.Unregister();
        Owner?.Ended(this, outcome, error);
    }
}
