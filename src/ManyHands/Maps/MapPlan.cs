using System.Runtime.CompilerServices;
using ManyHands.Payloads;

namespace ManyHands.Maps;

/// <summary>
/// One call of a map. Each enumeration runs it: fill batches while there is room, submit them, hand out what has ended, and wait when there
/// is neither. All on the reader's own flow; only the tasks run elsewhere.
/// </summary>
internal sealed class MapPlan<TArgument, TResult>
{
    /// <summary>Encoded arguments that may be in flight.</summary>
    private const long MaxBytesInFlight = 64 << 20;

    /// <summary>Encoded arguments in one batch.</summary>
    private const long MaxBytesInBatch = 256 << 10;

    /// <summary>Time the input may take to fill one batch; then what is there is sent.</summary>
    private static readonly TimeSpan _maxFill = TimeSpan.FromMilliseconds(5);

    private readonly Executor _executor;
    private readonly IAsyncEnumerable<TArgument> _inputs;
    private readonly bool _ordered;

    public MapPlan(
        Executor executor, IAsyncEnumerable<TArgument> inputs, Work<TArgument, TResult> work, MapOptions options, bool ordered,
        IPayloadCodec? codec)
    {
        _executor = executor;
        _inputs = inputs;
        _ordered = ordered;
        Work = work;
        Options = options;
        Codec = codec;
        Reference = codec is null ? null : WorkReference.From(work.Delegate);
    }

    public Work<TArgument, TResult> Work { get; }

    public MapOptions Options { get; }

    public IPayloadCodec? Codec { get; }

    public WorkReference? Reference { get; }

    public async IAsyncEnumerable<TResult> RunAsync(
        CancellationToken callToken, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(callToken, cancellationToken);
        CancellationToken cancellation = linked.Token;
        var run = new MapRun<TArgument, TResult>(this, _ordered);
        using CancellationTokenRegistration wake = cancellation.UnsafeRegister(static run => ((MapRun<TArgument, TResult>)run!).Wake(), run);
        IAsyncEnumerator<TArgument> input = _inputs.GetAsyncEnumerator(cancellation);
        Task<bool>? pendingInput = null;
        bool more = true;
        try
        {
            while (true)
            {
                while (run.TryTake(out TResult? result))
                    yield return result;
                ThrowIfCancelled();
                run.ThrowIfFailed();

                bool room = more && HasRoom(run);
                if (room && pendingInput is not { IsCompleted: false })
                {
                    MapBatch<TArgument, TResult> batch;
                    try
                    {
                        (batch, more, pendingInput) = await FillAsync(run, input, pendingInput).ConfigureAwait(false);
                    }
                    catch (OperationCanceledException)
                    {
                        ThrowIfCancelled(); // the input knows only the linked token; the caller knows its own
                        throw;
                    }

                    if (batch.Count > 0)
                        run.Submit(batch, _executor);
                    continue;
                }

                if (!more && run.InFlight == 0)
                    break;

                Task signal = run.WaitAsync();
                if (room)
                    await Task.WhenAny(pendingInput!, signal).ConfigureAwait(false);
                else
                    await signal.ConfigureAwait(false);
            }

            run.ThrowFailures();
        }
        finally
        {
            run.Cancel();
            await linked.CancelAsync().ConfigureAwait(false);
            await EndInputAsync(input, pendingInput).ConfigureAwait(false);
        }

        void ThrowIfCancelled()
        {
            callToken.ThrowIfCancellationRequested();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Takes inputs for one batch. Stops early where the input makes it wait.</summary>
    private async ValueTask<(MapBatch<TArgument, TResult> Batch, bool More, Task<bool>? Pending)> FillAsync(
        MapRun<TArgument, TResult> run, IAsyncEnumerator<TArgument> input, Task<bool>? pending)
    {
        int size = Math.Min(run.BatchSize, Options.MaxInFlight is { } limit ? limit - run.InFlight : int.MaxValue);
        MapBatch<TArgument, TResult> batch = run.NewBatch(size);
        long started = TimeProvider.System.GetTimestamp();
        bool more = true;
        while (batch.Count < size && batch.Bytes < MaxBytesInBatch)
        {
            ValueTask<bool> move = pending is null ? input.MoveNextAsync() : new ValueTask<bool>(pending);
            pending = null;
            if (!move.IsCompleted)
            {
                pending = move.AsTask();
                break;
            }

            more = await move.ConfigureAwait(false);
            if (!more)
                break;
            run.Add(batch, input.Current);

            // Asking the clock costs as much as a tiny task, so not for each.
            if ((batch.Count & 15) == 0 && TimeProvider.System.GetElapsedTime(started) > _maxFill)
                break;
        }

        return (batch, more, pending);
    }

    private bool HasRoom(MapRun<TArgument, TResult> run)
    {
        if (run.InFlight > 0 && run.BytesInFlight >= MaxBytesInFlight)
            return false;
        if (Options.MaxInFlight is { } limit)
            return run.InFlight < limit;

        // Results in order may have to wait for a slow one before them, so more of them are allowed to.
        long batches = 3L * _executor.Lanes * run.BatchSize;
        long singles = (_ordered ? 16L : 2L) * _executor.Lanes;
        return run.InFlight < Math.Max(batches, singles);
    }

    private static async ValueTask EndInputAsync(IAsyncEnumerator<TArgument> input, Task<bool>? pending)
    {
        // An enumerator may not be disposed while it is moving; the cancelled token has told it to stop.
        if (pending is not null)
            await ((Task)pending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await input.DisposeAsync().ConfigureAwait(false);
    }
}
