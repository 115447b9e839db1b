using System.Runtime.ExceptionServices;

namespace ManyHands.Maps;

/// <summary>
/// Reads the results of a map: fills batches while there is room, submits them, hands out what has ended, and waits when there is neither. All
/// on the reader's own flow; only the tasks run elsewhere.
/// </summary>
/// <remarks>Written out instead of with <c>yield</c>, since a result that is there already must cost nanoseconds (bench/rivals).</remarks>
internal sealed class MapReader<TArgument, TResult> : IAsyncEnumerator<TResult>
{
    /// <summary>Encoded arguments that may be in flight.</summary>
    private const long MaxBytesInFlight = 64 << 20;

    /// <summary>Encoded arguments in one batch.</summary>
    private const long MaxBytesInBatch = 256 << 10;

    /// <summary>Milliseconds the input may take to fill one batch; then what is there is sent.</summary>
    private const long MaxFill = 5;

    private readonly MapPlan<TArgument, TResult> _plan;
    private readonly MapRun<TArgument, TResult> _run;
    private readonly CancellationToken _callToken;
    private readonly CancellationToken _readerToken;
    private readonly CancellationTokenSource _linked;
    private readonly CancellationTokenRegistration _wake;
    private readonly IAsyncEnumerator<TArgument> _input;
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
        _input = plan.Inputs.GetAsyncEnumerator(_linked.Token);
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
        await _linked.CancelAsync().ConfigureAwait(false);
        await _wake.DisposeAsync().ConfigureAwait(false);

        // An enumerator may not be disposed while it is moving; the cancelled token has told it to stop.
        if (_pendingInput is not null)
            await ((Task)_pendingInput).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _input.DisposeAsync().ConfigureAwait(false);
        _linked.Dispose();
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

                bool room = _more && HasRoom();
                if (room && _pendingInput is not { IsCompleted: false })
                {
                    await FillAsync().ConfigureAwait(false);
                    continue;
                }

                if (!_more && _run.InFlight == 0)
                {
                    _inputError?.Throw();
                    _run.ThrowFailures();
                    break;
                }

                Task signal = _run.WaitAsync();
                await (room ? Task.WhenAny(_pendingInput!, signal) : signal).ConfigureAwait(false);
            }
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false); // whoever reads by hand may not
            throw;
        }

        await DisposeAsync().ConfigureAwait(false);
        return false;
    }

    /// <summary>Takes inputs for one batch and submits it. Stops early where the input makes it wait.</summary>
    private async ValueTask FillAsync()
    {
        int size = Math.Min(_run.BatchSize, _plan.Options.MaxInFlight is { } limit ? limit - _run.InFlight : int.MaxValue);
        MapBatch<TArgument, TResult> batch = _run.NewBatch(size);
        long started = Environment.TickCount64;
        while (batch.Count < size && batch.Bytes < MaxBytesInBatch && Environment.TickCount64 - started <= MaxFill)
        {
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

        if (batch.Count > 0)
            _run.Submit(batch);
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

    private bool HasRoom()
    {
        if (_run.InFlight > 0 && _run.BytesInFlight >= MaxBytesInFlight)
            return false;
        if (_plan.Options.MaxInFlight is { } limit)
            return _run.InFlight < limit;

        // Results in order may have to wait for a slow one before them, so more of them are allowed to.
        int lanes = _plan.Executor.LanesFor(_plan.Reference, _plan.Options);
        long batches = 3L * lanes * _run.BatchSize;
        long singles = (_plan.IsOrdered ? 16L : 2L) * lanes;
        return _run.InFlight < Math.Max(batches, singles);
    }
}
