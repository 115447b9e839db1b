using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace ManyHands.Maps;

/// <summary>One enumeration of a map: what is in flight, what has ended and not been handed out, what has failed.</summary>
internal sealed class MapRun<TArgument, TResult>(MapPlan<TArgument, TResult> plan)
{
    private readonly MapSignal _signal = new();
    private readonly BatchSizer _sizer = new();
    private readonly Lock _gate = new();
    private readonly List<MapFailure> _failures = [];

    // In order: every batch, oldest first. As they finish: the tasks that have ended.
    private readonly Queue<MapBatch<TArgument, TResult>> _batches = new();
    private readonly ConcurrentQueue<(MapBatch<TArgument, TResult> Batch, int Index)> _ended = new();
    private readonly HashSet<MapBatch<TArgument, TResult>> _outstanding = [];

    private int _next;
    private long _index;
    private long _bytesInFlight;
    private Exception? _stopped;

    public MapPlan<TArgument, TResult> Plan { get; } = plan;

    /// <summary>Tasks submitted and not handed out.</summary>
    public int InFlight { get; private set; }

    public long BytesInFlight => Volatile.Read(ref _bytesInFlight);

    public int BatchSize => Plan.MayBatch ? _sizer.Size : 1;

    /// <summary>What the reader awaits while it has nothing to hand out; null while it waits for nothing.</summary>
    public Task? Waiting => _signal.Waiting;

    public Task WaitAsync() => _signal.WaitAsync();

    /// <summary>Has the reader look for what has ended.</summary>
    public void Wake() => _signal.Set();

    public MapBatch<TArgument, TResult> NewBatch(int size) => new(this, size);

    /// <summary>Adds an input to a batch that has not been submitted; one that cannot travel fails at once.</summary>
    public void Add(MapBatch<TArgument, TResult> batch, TArgument input)
    {
        long index = _index++;
        try
        {
            batch.Add(input, index);
        }
        catch (PayloadException error)
        {
            Failed(index, input, error);
        }
    }

    public void Submit(MapBatch<TArgument, TResult> batch)
    {
        Interlocked.Add(ref _bytesInFlight, batch.Bytes);
        using (Uninterrupted.Hold(_gate))
            _outstanding.Add(batch);
        try
        {
            Plan.Executor.Submit(batch.Begin(), mayWait: true);
        }
        catch
        {
            Left(batch); // it never will
            throw;
        }

        InFlight += batch.Count;
        if (Plan.IsOrdered)
            _batches.Enqueue(batch);
    }

    /// <summary>Takes the next result that can be handed out now.</summary>
    public bool TryTake([MaybeNullWhen(false)] out TResult result) => Plan.IsOrdered ? TryTakeInOrder(out result) : TryTakeAny(out result);

    /// <summary>Throws the failure that ends the map, if there is one.</summary>
    public void ThrowIfFailed()
    {
        if (Volatile.Read(ref _stopped) is { } error)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>Throws what was collected, at the end.</summary>
    public void ThrowFailures()
    {
        ThrowIfFailed();
        if (_failures.Count > 0)
            throw new MapFailedException([.. _failures.OrderBy(failure => failure.Index)]);
    }

    /// <summary>Cancels what has not ended.</summary>
    public void Cancel()
    {
        MapBatch<TArgument, TResult>[] outstanding;
        using (Uninterrupted.Hold(_gate))
            outstanding = [.. _outstanding];
        foreach (MapBatch<TArgument, TResult> batch in outstanding)
            batch.Cancel();
    }

    // ---- Called by the tasks, on any thread.

    public void Measured(int count, TimeSpan elapsed) => _sizer.Measured(count, elapsed);

    /// <summary>Tasks have ended. The reader is told by <see cref="Wake"/>.</summary>
    public void Ended(MapBatch<TArgument, TResult> batch, int first, int count)
    {
        if (Plan.IsOrdered)
            return;
        for (int i = 0; i < count; i++)
            _ended.Enqueue((batch, first + i));
    }

    /// <summary>Every task of the batch has ended.</summary>
    public void Left(MapBatch<TArgument, TResult> batch)
    {
        Interlocked.Add(ref _bytesInFlight, -batch.Bytes);
        using (Uninterrupted.Hold(_gate))
            _outstanding.Remove(batch);
    }

    /// <summary>A task has failed.</summary>
    public void Failed(long index, TArgument input, Exception error)
    {
        if (Plan.Options.OnFailure == OnFailure.Stop)
        {
            Interlocked.CompareExchange(ref _stopped, error, null);
        }
        else
        {
            using (Uninterrupted.Hold(_gate))
                _failures.Add(new MapFailure(index, input, error));
        }

        _signal.Set();
    }

    private bool TryTakeInOrder([MaybeNullWhen(false)] out TResult result)
    {
        while (Volatile.Read(ref _stopped) is null && _batches.TryPeek(out MapBatch<TArgument, TResult>? batch) && batch.HasEnded(_next))
        {
            int index = _next++;
            InFlight--;
            if (_next == batch.Count)
            {
                _next = 0;
                _batches.Dequeue();
            }

            if (batch.TryResult(index, out result))
                return true;
        }

        result = default;
        return false;
    }

    private bool TryTakeAny([MaybeNullWhen(false)] out TResult result)
    {
        while (Volatile.Read(ref _stopped) is null && _ended.TryDequeue(out var ended))
        {
            InFlight--;
            if (ended.Batch.TryResult(ended.Index, out result))
                return true;
        }

        result = default;
        return false;
    }
}
