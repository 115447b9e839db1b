using System.Runtime.ExceptionServices;
using ManyHands.Completions;

namespace ManyHands.Maps;

/// <summary>
/// Reads the results of a map: fills batches while there is room, submits them, hands out what has ended, and waits when there is neither. All
/// on the reader's own flow; only the tasks run elsewhere, and an input that may make it wait is moved elsewhere.
/// </summary>
/// <remarks>Written out instead of with <c>yield</c>, since a result that is there already must cost nanoseconds (bench/rivals).</remarks>
internal sealed class MapReader<TArgument, TResult> : IAsyncEnumerator<TResult>
{
    /// <summary>Encoded arguments that may be in flight.</summary>
    private const long MaxBytesInFlight = 64 << 20;

    /// <summary>Encoded arguments in one batch.</summary>
    private const long MaxBytesInBatch = 256 << 10;

    /// <summary>Inputs that are read at one go.</summary>
    private const int MaxRead = BatchSizer.MaxCount;

    /// <summary>Milliseconds the input may take to fill one batch; then what is there is sent.</summary>
    private const long MaxFill = 5;

    /// <summary>Moments that an input has to end the move that it is in the middle of, once nobody wants what it gives.</summary>
    private const int Patience = 5;

    private readonly MapPlan<TArgument, TResult> _plan;
    private readonly MapRun<TArgument, TResult> _run;
    private readonly CancellationToken _callToken;
    private readonly CancellationToken _readerToken;
    private readonly CancellationTokenSource _linked;
    private readonly CancellationTokenRegistration _wake;
    private readonly CancellationTokenRegistration _wakeAtClose;
    private readonly IAsyncEnumerator<TArgument> _input;
    private readonly ThreadedInput<TArgument>? _threaded; // the same
    private int _mostRead = 1;
    private Task<bool>? _pendingInput;
    private ExceptionDispatchInfo? _inputError;
    private bool _more = true;
    private bool _ended;
    private TResult? _current;

    public MapReader(MapPlan<TArgument, TResult> plan, CancellationToken callToken, CancellationToken readerToken)
    {
        _plan = plan;
        _run = new MapRun<TArgument, TResult>(plan);
        _callToken = callToken;
        _readerToken = readerToken;
        _linked = CancellationTokenSource.CreateLinkedTokenSource(callToken, readerToken);
        _wake = _linked.Token.UnsafeRegister(static run => ((MapRun<TArgument, TResult>)run!).Wake(), _run);
        _wakeAtClose = plan.Executor.Closing.UnsafeRegister(static run => ((MapRun<TArgument, TResult>)run!).Wake(), _run);
        try
        {
            _input = plan.Inputs.GetAsyncEnumerator(_linked.Token);
        }
        catch
        {
            StopListening();
            _linked.Dispose();
            throw;
        }

        _threaded = _input as ThreadedInput<TArgument>;
    }

    public TResult Current => _current!;

    public ValueTask<bool> MoveNextAsync() =>
        _run.TryTake(out _current) ? new ValueTask<bool>(true) : new ValueTask<bool>(AdvanceAsync());

    public async ValueTask DisposeAsync()
    {
        if (_ended)
            return;
        _ended = true;
        _run.Cancel();
        try
        {
            await CancelInputAsync().Here();
        }
        finally
        {
            StopListening();
            await EndInputAsync().Here();
        }
    }

    // What is called only wakes: nobody need wait until it has been.
    private void StopListening()
    {
        _wake.Unregister();
        _wakeAtClose.Unregister();
    }

    private async Task EndInputAsync()
    {
        // An enumerator may not be disposed while it is moving. One that listens to its token stops now; for another nobody waits.
        bool isMoving = _pendingInput is { IsCompleted: false } || _threaded is { IsMoving: true };
        Task disposal = DisposeInputAsync();
        for (int i = 0; i < Patience && isMoving && !disposal.IsCompleted; i++)
            await Task.WhenAny(disposal, CompletionWatch.Moment()).Here();
        if (isMoving && !disposal.IsCompleted)
            _ = disposal.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        else
            await disposal.Here();
    }

    private async Task DisposeInputAsync()
    {
        if (_pendingInput is not null && _threaded is null)
            await ((Task)_pendingInput).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _input.DisposeAsync().ConfigureAwait(false);
        _linked.Dispose();
    }

    // Callbacks that the input has registered are code of others, and may take their time.
    private Task CancelInputAsync()
    {
        var cancelled = new TaskCompletionSource();
        Errands.Run(
            static state =>
            {
                try
                {
                    state.Linked.Cancel();
                    state.Cancelled.SetResult();
                }
                catch (AggregateException error)
                {
                    state.Cancelled.SetException(error);
                }
            },
            (Linked: _linked, Cancelled: cancelled));
        return cancelled.Task;
    }

    private async Task<bool> AdvanceAsync()
    {
        try
        {
            while (!_ended)
            {
                if (_run.TryTake(out _current))
                    return true;
                ThrowIfCancelled();
                _run.ThrowIfFailed();

                int room = _more ? Room() : 0;
                bool isInputPending = _pendingInput is { IsCompleted: false };
                if (room > 0 && !isInputPending)
                {
                    ValueTask filling = FillAsync(room);
                    if (!filling.IsCompletedSuccessfully)
                        await filling.AsTask().Here();
                    continue;
                }

                if (_more && isInputPending && _run.InFlight == 0 && _plan.Executor.Closing.IsCancellationRequested)
                    Closed();

                if (!_more && _run.InFlight == 0)
                {
                    _inputError?.Throw();
                    _run.ThrowFailures();
                    break;
                }

                Task signal = _run.WaitAsync();
                await (room > 0 && _more ? Task.WhenAny(_pendingInput!, signal) : signal).Here(isSeen: true);
            }
        }
        catch
        {
            await DisposeAsync().AsTask().Here(); // whoever reads by hand may not
            throw;
        }

        await DisposeAsync().AsTask().Here();
        return false;
    }

    /// <summary>Takes inputs for one batch and submits it. Stops early where the input makes it wait.</summary>
    private async ValueTask FillAsync(int room)
    {
        int size = Math.Min(_run.BatchSize, room);
        MapBatch<TArgument, TResult> batch = _run.NewBatch(size);
        long started = Environment.TickCount64;
        while (batch.Count < size && batch.Bytes < MaxBytesInBatch && (_threaded?.HasRead == true || Environment.TickCount64 - started <= MaxFill))
        {
            if (_threaded is not null && _pendingInput is null && _threaded.IsDry)
                await _threaded.ReadAsync(Math.Min(_mostRead, room - batch.Count)).Here();
            ValueTask<bool> move = _pendingInput is null ? _input.MoveNextAsync() : new ValueTask<bool>(_pendingInput);
            _pendingInput = null;
            if (!move.IsCompleted)
            {
                _pendingInput = move.AsTask();
                break;
            }

            _more = move.IsCompletedSuccessfully ? move.Result : await FailedInputAsync(move).ConfigureAwait(false);
            if (!_more)
                break;
            _run.Add(batch, _input.Current);
        }

        if (batch.Count == 0)
            return;
        _mostRead = MostToRead(batch);
        try
        {
            _run.Submit(batch);
        }
        catch (ObjectDisposedException)
        {
            Closed();
        }
    }

    // As many as can be submitted then, as far as is known how big they are.
    private static int MostToRead(MapBatch<TArgument, TResult> last)
    {
        long each = last.Bytes / last.Count;
        return each == 0 ? MaxRead : (int)Math.Clamp(MaxBytesInBatch / each, 1, MaxRead);
    }

    // What it has taken is handed out first.
    private void Closed()
    {
        _more = false;
        _inputError ??= ExceptionDispatchInfo.Capture(new ObjectDisposedException(
            nameof(Executor), "The executor was closed before the map had taken all of its input."));
    }

    // A failed input stops the map as a failed task does; where the map is to continue, what the input had given before is handed out first.
    private async ValueTask<bool> FailedInputAsync(ValueTask<bool> move)
    {
        try
        {
            return await move.ConfigureAwait(false);
        }
        catch (Exception error) // the input is code of others, and its error is its caller's
        {
            if (error is OperationCanceledException)
                ThrowIfCancelled(); // the input knows only the linked token; the caller knows its own
            if (_plan.Options.OnFailure == OnFailure.Stop)
                throw;
            _inputError = ExceptionDispatchInfo.Capture(error);
            return false;
        }
    }

    private void ThrowIfCancelled()
    {
        _callToken.ThrowIfCancellationRequested();
        _readerToken.ThrowIfCancellationRequested();
    }

    /// <summary>How many more may be submitted.</summary>
    private int Room()
    {
        if (_run.InFlight > 0 && _run.BytesInFlight >= MaxBytesInFlight)
            return 0;
        if (_plan.Options.MaxInFlight is { } limit)
            return limit - _run.InFlight;

        // Results in order may have to wait for a slow one before them, so more of them are allowed to.
        int lanes = _plan.Executor.LanesFor(_plan.Reference, _plan.Options);
        long batches = 3L * lanes * _run.BatchSize;
        long singles = (_plan.IsOrdered ? 16L : 2L) * lanes;
        long left = Math.Max(batches, singles) - _run.InFlight;
        return left <= 0 ? 0 : (int)Math.Clamp(left, _run.BatchSize, int.MaxValue);
    }
}
