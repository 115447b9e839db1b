using System.Reflection;
using ManyHands.Completions;
using ManyHands.Payloads;

namespace ManyHands;

/// <summary>One task.</summary>
internal sealed class TaskItem<TArgument, TResult> : WorkItem
{
    private readonly Work<TArgument, TResult> _work;
    private readonly TArgument _argument;
    private readonly Payload _payload;
    private readonly IPayloadCodec? _codec;
    private readonly CancellationToken _cancellation;
    private ExecutionContext? _execution;
    private CancellationTokenRegistration _registration;
    private CancellationTokenSource? _running;
    private TaskCompletionSource? _admitted;
    private int _ended;
    private TResult? _result;
    private Exception? _error;

    private readonly TaskCompletionSource<TResult> _completion; // completed by Publish alone

    /// <summary>A task that may be executed in this process.</summary>
    public TaskItem(Work<TArgument, TResult> work, TArgument argument, SubmitOptions options, CancellationToken cancellation) : base(options)
    {
        _work = work;
        _argument = argument;
        _cancellation = cancellation;
        _execution = ExecutionContext.Capture();
        NoteOuter();
        _completion = NewCompletion(work.IsAsync);
    }

    /// <summary>A task that travels, or, where it may run here, could: what cannot is refused here, and nothing of the argument itself is kept.</summary>
    public TaskItem(
        Work<TArgument, TResult> work, TArgument argument, SubmitOptions options, IPayloadCodec codec, bool mayRunHere, CancellationToken cancellation)
        : base(options)
    {
        _work = work;
        _completion = NewCompletion(mayRunHere && work.IsAsync);
        _argument = default!;
        _cancellation = cancellation;
        _codec = codec;
        Reference = WorkReference.From(work.Delegate);
        Context = CallContext.Capture();
        _payload = Payload.Encode(codec, argument, PayloadSide.Submit);
        PayloadCodec.RequireTravels<TResult>(codec, PayloadSide.ResultType);
        if (mayRunHere)
            NoteOuter();
    }

    // Asynchronous work may end on any thread, within any call: a timer's, a lock's holder's. No CompletionRun looks after those.
    private static TaskCompletionSource<TResult> NewCompletion(bool isAsync) =>
        new(isAsync ? TaskCreationOptions.RunContinuationsAsynchronously : TaskCreationOptions.None);

    public Task<TResult> Completion => _completion.Task;

    public override string Name => Options.Name ?? Reference?.DisplayName ?? Work<TArgument, TResult>.Name(_work.Delegate);

    public override bool TakesToken => _work.TakesToken;

    private protected override bool MayBeCancelled => _cancellation.CanBeCanceled;

    public override int Count => 1;

    public override long ArgumentBytes => _payload.Length;

    /// <summary>Ends when the queue has room for the item. Ask before submitting.</summary>
    public Task Admission => (_admitted ??= new()).Task;

    /// <summary>Lets the caller's token cancel the task from now on.</summary>
    public void ListenToCaller()
    {
        if (!_cancellation.CanBeCanceled)
            return;
        _registration = _cancellation.UnsafeRegister(static item => ((WorkItem)item!).RequestCancel(CancelReason.Caller), this);
        Interlocked.MemoryBarrier(); // whoever ends it looks for the registration after saying so; one of the two sees the other
        if (State >= FutureState.Succeeded)
            _registration.Dispose(); // it ended in between
    }

    public override void Admitted(Exception? refusal)
    {
        if (_admitted is not null)
            Errands.Run(static told => told.Item.TellAdmitted(told.Refusal), (Item: this, Refusal: refusal)); // whoever waits goes on right there
    }

    private void TellAdmitted(Exception? refusal)
    {
        if (refusal is null)
            _admitted!.TrySetResult();
        else if (refusal is OperationCanceledException && _cancellation.IsCancellationRequested)
            _admitted!.TrySetCanceled(_cancellation);
        else
            _admitted!.TrySetException(refusal);
    }

    public override Task? Run(RunningItem running)
    {
        if (!Claim.TryBegin(ref Word, running.Generation, out _))
        {
            running.EndOnThread();
            return null;
        }

        ExecutionContext? execution = Surroundings(_execution);
        _execution = null; // what it holds is not to live as long as the item does
        if (execution is null)
        {
            RunHere(running);
            RunningItem.Forget();
            return running.Pending;
        }

        // The caller's AsyncLocals and culture are the work's, as with Task.Run.
        ExecutionContext.Run(
            execution,
            static running => ((TaskItem<TArgument, TResult>)((RunningItem)running!).Item!).RunHere((RunningItem)running),
            running);
        return running.Pending;
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
        bool decodeHere = ReferenceEquals(_codec, PayloadCodec.Default) && (PayloadCodec.IsRaw<TResult>() || typeof(TResult) == typeof(Nothing));
        byte[] bytes = decodeHere ? [] : result.ToArray(); // before the claim: who has claimed cannot fail any more

        // From here on the task has ended for the pool, even where its result is decoded later.
        bool asked = CancelReason == CancelReason.Caller;
        if (!TryClaim())
            return;
        if (decodeHere)
        {
            Decode(result);
            return;
        }

        // Decoding may run code of the result's type, which must not hold up the thread that reads for everybody.
        new LateEnd(
            this,
            asked,
            () =>
            {
                TResult value = Payload.Decode<TResult>(_codec!, bytes, PayloadSide.ParentResult);
                return () =>
                {
                    SucceedClaimed(value);
                    CompletionThread.Post(this);
                };
            },
            FailClaimed,
            EndClaimedAsCancelled).Begin();
    }

    public override LargeValue? LargeResult(int length) => LargeValue.ToFill<TResult>(_codec!, length);

    public override void Complete(LargeValue result) => Succeed(((LargeValue<TResult>)result).Value);

    public override void FailRemotely(int index, RemoteFailure failure)
    {
        bool asked = CancelReason == CancelReason.Caller;
        if (CancelReason != CancelReason.None && failure.IsCancellation)
            EndCancelled();
        else if (TryClaim())
            new LateEnd(this, asked, () => Fail(failure.Rebuild(Assembly)), FailClaimed, EndClaimedAsCancelled).Begin();
    }

    public override void FailOne(int index, Exception error) => FailAll(error);

    public override void FailAll(Exception error)
    {
        if (TryClaim())
            FailClaimed(error);
    }

    public override void EndCancelled()
    {
        if (TryClaim())
            EndClaimedAsCancelled();
    }

    public override void Publish()
    {
        switch (State)
        {
            case FutureState.Succeeded:
                _completion.TrySetResult(_result!);
                break;
            case FutureState.Failed:
                _completion.TrySetException(_error!);
                break;
            case FutureState.Cancelled:
                _completion.TrySetCanceled(_cancellation.IsCancellationRequested ? _cancellation : new CancellationToken(canceled: true));
                break;
        }
    }

    public override bool HasEnded(int index) => Volatile.Read(ref _ended) != 0;

    public override WorkItem? TakeRest(int cut) => cut == 0 ? this : null;

    private Assembly Assembly => _work.Delegate.Method.Module.Assembly;

    private protected override IEnumerable<Task> Awaited => _admitted is { } admitted ? [_completion.Task, admitted.Task] : [_completion.Task];

    private void RunHere(RunningItem running)
    {
        running.Begin();
        Context?.Apply();
        if (TakesToken)
        {
            Interlocked.Exchange(ref _running, new CancellationTokenSource()); // a full fence: either this side sees the reason, or the other the source
            if (CancelReason != CancelReason.None)
                _running!.Cancel();
        }

        try
        {
            Task<TResult>? pending = _work.Invoke(Argument(), _running?.Token ?? CancellationToken.None, out TResult result);
            if (pending is not null)
            {
                running.GoOn(Finish(pending, running));
                return;
            }

            Succeed(result);
        }
        catch (Exception error) // whatever the work throws is its caller's
        {
            Threw(error);
        }

        running.EndOnThread();
    }

    private TArgument Argument() =>
        _codec is null ? _argument : Payload.Decode<TArgument>(_codec, _payload.Bytes.Span, PayloadSide.WorkerInput);

    private async Task Finish(Task<TResult> pending, RunningItem running)
    {
        try
        {
            Succeed(await pending.ConfigureAwait(false));
        }
        catch (Exception error) // whatever the work throws is its caller's
        {
            Threw(error);
        }

        running.End();
    }

    private void Threw(Exception error)
    {
        if (error is OperationCanceledException && CancelReason != CancelReason.None)
        {
            EndCancelled();
            return;
        }

        if (_codec is not null)
            error = RemoteFailure.From(error).Rebuild(Assembly); // what its caller catches must not depend on where it ran
        if (TryClaim())
            End(FutureState.Failed, TaskOutcome.Failed, error);
    }

    private void Decode(ReadOnlySpan<byte> result)
    {
        try
        {
            SucceedClaimed(Payload.Decode<TResult>(_codec!, result, PayloadSide.ParentResult));
        }
        catch (Exception error) when (error is PayloadException or OutOfMemoryException)
        {
            End(FutureState.Failed, TaskOutcome.Failed, error);
        }
    }

    private void Succeed(TResult result)
    {
        if (TryClaim())
            SucceedClaimed(result);
    }

    private void SucceedClaimed(TResult result)
    {
        _result = result;
        End(FutureState.Succeeded, TaskOutcome.Succeeded, null);
    }

    private Action Fail(Exception error) => () => FailClaimed(error);

    private void EndClaimedAsCancelled()
    {
        if (CancelError() is { } error)
        {
            FailClaimed(error);
            return;
        }

        End(FutureState.Cancelled, TaskOutcome.Cancelled, null);
        CompletionThread.Post(this);
    }

    // Whoever found this end may hold locks, be the clock, or be somebody's Cancel call.
    private void FailClaimed(Exception error)
    {
        End(FutureState.Failed, TaskOutcome.Failed, error);
        CompletionThread.Post(this);
    }

    /// <summary>Whoever ends the task claims it first; only one can.</summary>
    private bool TryClaim() => Interlocked.Exchange(ref _ended, 1) == 0;

    private void End(FutureState state, TaskOutcome outcome, Exception? error)
    {
        _error = error;
        State = state;
        if (_cancellation.CanBeCanceled)
        {
            Interlocked.MemoryBarrier(); // see ListenToCaller
            _registration.Unregister();
        }

        Owner?.Ended(this, outcome, error);
    }
}
