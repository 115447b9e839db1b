using System.Diagnostics;
using System.Reflection;
using ManyHands.Completions;
using ManyHands.Payloads;

namespace ManyHands.Maps;

/// <summary>A part of a <see cref="MapBatch{TArgument, TResult}"/> on its way to one lane.</summary>
internal sealed class BatchItem<TArgument, TResult> : WorkItem
{
    // Decoded one after the other: few enough that none waits for long, enough to share the cost of the errand.
    private const int MostDecodedTogether = 16;

    private readonly MapBatch<TArgument, TResult> _batch;
    private readonly MapPlan<TArgument, TResult> _plan;
    private readonly ExecutionContext? _execution;
    private readonly int _first;
    private int _count;
    private CancellationTokenSource? _running;

    // Results that were read and cannot be seen yet. Of the one thread that reads them.
    private int _readFrom;
    private int _readTo;
    private List<(int Index, byte[] Bytes)>? _undecoded;

    /// <summary>All of a batch, submitted from here.</summary>
    public BatchItem(MapBatch<TArgument, TResult> batch) : this(batch, 0, batch.Count)
    {
        if (_plan.Codec is null)
            _execution = ExecutionContext.Capture();
        else
            Context = CallContext.Capture(); // all that goes with it, wherever the batch does
        if (_plan.Executor.RunsHere)
            NoteOuter();
    }

    // Split off by whoever has a use for it, in a context that is none of its business.
    private BatchItem(BatchItem<TArgument, TResult> whole, int first, int count) : this(whole._batch, first, count)
    {
        _execution = whole._execution;
        Context = whole.Context;
        NoteOuter(whole);
        Owner = whole.Owner;
        Meter = whole.Meter;
    }

    private BatchItem(MapBatch<TArgument, TResult> batch, int first, int count) : base(batch.Run.Plan.Options)
    {
        _batch = batch;
        _plan = batch.Run.Plan;
        _first = first;
        _count = count;
        Reference = _plan.Reference;
    }

    public override string Name => Options.Name ?? Reference?.DisplayName ?? Work<TArgument, TResult>.Name(_plan.Work.Delegate);

    public override bool TakesToken => _plan.Work.TakesToken;

    private protected override bool MayBeCancelled => _plan.MayBeCancelled;

    public override int Count => _count;

    public override bool IsBatch => true;

    public override bool CanTravel => _batch.Codec is not null;

    public override long ArgumentBytes => _batch.Codec is null ? 0 : WriteArguments().Length;

    public override Task? Run(RunningItem running)
    {
        if (TakesToken)
        {
            Interlocked.Exchange(ref _running, new CancellationTokenSource()); // a full fence: either this side sees the reason, or the other the source
            if (CancelReason != CancelReason.None)
                _running!.Cancel();
        }

        if (Surroundings(_execution) is { } surroundings)
        {
            ExecutionContext.Run(
                surroundings,
                static running => ((BatchItem<TArgument, TResult>)((RunningItem)running!).Item!).RunHere((RunningItem)running),
                running);
        }
        else
        {
            RunHere(running);
            RunningItem.Forget();
        }

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
            FailAll(error); // a cancellation callback of the work threw: that is the tasks' own error
        }
    }

    public override ReadOnlyMemory<byte> WriteArguments() => _batch.Arguments(_first, _count);

    public override void Measured(int count, TimeSpan elapsed) => _batch.Run.Measured(count, elapsed);

    public override void Complete(int index, ReadOnlySpan<byte> result)
    {
        bool decodeHere = ReferenceEquals(_batch.Codec, PayloadCodec.Default) && (PayloadCodec.IsRaw<TResult>() || typeof(TResult) == typeof(Nothing));
        byte[] bytes = decodeHere ? [] : result.ToArray(); // before the claim: who has claimed cannot fail any more

        // From here on the task has ended for the pool, even where its result is decoded later.
        if (!_batch.TryClaim(_first + index))
            return;
        if (decodeHere)
        {
            Keep(index, result);
            return;
        }

        // Decoding may run code of the result's type, which must not hold up the thread that reads for everybody.
        (_undecoded ??= []).Add((index, bytes));
        if (_undecoded.Count == MostDecodedTogether)
            DecodeLater();
    }

    public override void ShowResults()
    {
        DecodeLater();
        if (_readTo == _readFrom)
            return;
        Owner?.Ended(this, TaskOutcome.Succeeded, null, _readTo - _readFrom);
        _batch.Succeed(_first + _readFrom, _readTo - _readFrom);
        _readFrom = _readTo = 0;
    }

    public override void FailRemotely(int index, RemoteFailure failure)
    {
        if (!_batch.TryClaim(_first + index))
            return;
        if (CancelReason != CancelReason.None && failure.IsCancellation)
        {
            EndClaimed(index, CancelOutcome, CancelledError());
            return;
        }

        new LateEnd(
            this,
            asked: false, // the results of a map that was cancelled are not read
            () =>
            {
                Exception error = failure.Rebuild(Assembly);
                return () => EndClaimed(index, TaskOutcome.Failed, error);
            },
            error => EndClaimed(index, TaskOutcome.Failed, error),
            () => EndClaimed(index, CancelOutcome, CancelledError())).Begin();
    }

    public override void FailOne(int index, Exception error)
    {
        if (_batch.TryClaim(_first + index))
            EndClaimed(index, TaskOutcome.Failed, error);
    }

    public override void FailAll(Exception error)
    {
        for (int i = 0; i < _count; i++)
            FailOne(i, error);
    }

    public override void EndCancelled()
    {
        Exception error = CancelledError();
        for (int i = 0; i < _count; i++)
        {
            if (_batch.TryClaim(_first + i))
                EndClaimed(i, CancelOutcome, error);
        }
    }

    /// <summary>Has the map's reader look; it is woken elsewhere, so no code of others runs here.</summary>
    public override void Publish() => _batch.Run.Wake();

    public override bool HasEnded(int index) => _batch.IsClaimed(_first + index);

    public override WorkItem? TakeRest(int cut)
    {
        if (cut == 0)
            return this;
        if (cut >= _count)
            return null;
        var rest = new BatchItem<TArgument, TResult>(this, _first + cut, _count - cut);
        _batch.Add(rest);
        if (_batch.IsCancelled)
            rest.TryMarkCancelled(CancelReason.Caller);
        _count = cut;
        return rest;
    }

    private Assembly Assembly => _plan.Work.Delegate.Method.Module.Assembly;

    private TaskOutcome CancelOutcome => CancelReason == CancelReason.Caller ? TaskOutcome.Cancelled : TaskOutcome.Failed;

    private Exception CancelledError() =>
        CancelError() ?? new OperationCanceledException($"The map that task {Id} ({Name}) belongs to has ended.");

    private protected override IEnumerable<Task> Awaited => _batch.Run.Waiting is { } reader ? [reader] : [];

    private void RunHere(RunningItem running)
    {
        running.Begin();
        Context?.Apply();
        long started = Stopwatch.GetTimestamp();
        int ran = 0;
        while (Claim.TryBegin(ref Word, running.Generation, out int index))
        {
            ran++;
            try
            {
                Task<TResult>? pending = _plan.Work.Invoke(Input(index), Token, out TResult result);
                if (pending is not null)
                {
                    running.GoOn(RunRest(running, index, pending, started, ran));
                    return;
                }

                Succeed(index, result);
            }
            catch (Exception error) // whatever the work throws is its caller's
            {
                Threw(index, error);
            }
        }

        if (ran > 0)
            Measured(ran, Stopwatch.GetElapsedTime(started));
        running.EndOnThread();
    }

    private async Task RunRest(RunningItem running, int index, Task<TResult> first, long started, int ran)
    {
        Task<TResult>? pending = first;
        do
        {
            try
            {
                TResult result = default!;
                pending ??= _plan.Work.Invoke(Input(index), Token, out result);
                Succeed(index, pending is null ? result : await pending.ConfigureAwait(false));
            }
            catch (Exception error) // whatever the work throws is its caller's
            {
                Threw(index, error);
            }

            pending = null;
            ran++;
        }
        while (Claim.TryBegin(ref Word, running.Generation, out index));
        Measured(ran - 1, Stopwatch.GetElapsedTime(started));
        running.End();
    }

    private void Threw(int index, Exception error)
    {
        if (_plan.Codec is not null)
            error = RemoteFailure.From(error).Rebuild(Assembly); // what its caller catches must not depend on where it ran
        if (!_batch.TryClaim(_first + index))
            return;
        if (error is OperationCanceledException && CancelReason != CancelReason.None)
            EndClaimed(index, CancelOutcome, CancelledError());
        else
            EndClaimed(index, TaskOutcome.Failed, error);
    }

    private CancellationToken Token => _running?.Token ?? CancellationToken.None;

    private TArgument Input(int index) => _batch.Input(_first + index);

    // Those that come one behind the other are shown together: what has to be done atomically is the dearest part of a tiny task.
    private void Keep(int index, ReadOnlySpan<byte> bytes)
    {
        TResult result;
        try
        {
            result = Payload.Decode<TResult>(_batch.Codec!, bytes, PayloadSide.ParentResult);
        }
        catch (Exception error) when (error is PayloadException or OutOfMemoryException)
        {
            EndClaimed(index, TaskOutcome.Failed, error);
            return;
        }

        if (index != _readTo)
        {
            ShowResults();
            _readFrom = index;
        }

        _readTo = index + 1;
        _batch.SetResult(_first + index, result);
    }

    private void DecodeLater()
    {
        if (_undecoded is not { } results)
            return;
        _undecoded = null;
        new LateEnd(
            this, asked: false, () => Decode(results), error => EndAll(TaskOutcome.Failed, error), () => EndAll(CancelOutcome, CancelledError())).Begin();

        void EndAll(TaskOutcome outcome, Exception error)
        {
            foreach (var (index, _) in results)
                EndClaimed(index, outcome, error);
        }
    }

    private Action Decode(List<(int Index, byte[] Bytes)> results)
    {
        var decoded = new (TResult Value, Exception? Error)[results.Count];
        for (int i = 0; i < decoded.Length; i++)
        {
            try
            {
                decoded[i].Value = Payload.Decode<TResult>(_batch.Codec!, results[i].Bytes, PayloadSide.ParentResult);
            }
            catch (Exception error) when (error is PayloadException or OutOfMemoryException)
            {
                decoded[i].Error = error;
            }
        }

        return () =>
        {
            for (int i = 0; i < decoded.Length; i++)
            {
                if (decoded[i].Error is { } error)
                    EndClaimed(results[i].Index, TaskOutcome.Failed, error);
                else
                    SucceedClaimed(results[i].Index, decoded[i].Value);
            }

            Publish();
        };
    }

    private void Succeed(int index, TResult result)
    {
        if (!_batch.TryClaim(_first + index))
            return;
        SucceedClaimed(index, result);
        Publish();
    }

    private void SucceedClaimed(int index, TResult result)
    {
        Owner?.Ended(this, TaskOutcome.Succeeded, null);
        _batch.SetResult(_first + index, result);
        _batch.Succeed(_first + index, 1);
    }

    private void EndClaimed(int index, TaskOutcome outcome, Exception error)
    {
        Owner?.Ended(this, outcome, error);
        _batch.Fail(_first + index, error);
        Publish();
    }
}
