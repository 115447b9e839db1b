using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using ManyHands.Payloads;

namespace ManyHands.Maps;

/// <summary>Consecutive tasks of a map that are submitted together, and where their results come to lie.</summary>
internal sealed class MapBatch<TArgument, TResult>
{
    private readonly MapRun<TArgument, TResult> _run;
    private readonly TArgument[] _inputs;
    private readonly long[] _indexes;
    private readonly int[]? _ends;
    private readonly TResult[] _results;
    private readonly byte[] _states;
    private readonly PayloadWriter? _arguments;
    private readonly List<WorkItem> _items = [];
    private bool _cancelled;
    private int _left;

    public MapBatch(MapRun<TArgument, TResult> run, int size)
    {
        _run = run;
        _inputs = new TArgument[size];
        _indexes = new long[size];
        _results = new TResult[size];
        _states = new byte[size];
        if (run.Plan.Codec is { } codec && run.Plan.Executor.EncodesNext(run.Plan.Reference, run.Plan.Options))
        {
            Codec = codec;
            _ends = new int[size];
            _arguments = new PayloadWriter();
        }
    }

    private enum End : byte
    {
        None,
        Claimed,
        Succeeded,
        Failed,
    }

    public MapRun<TArgument, TResult> Run => _run;

    /// <summary>Encodes its arguments and results; null where they stay in this process.</summary>
    public IPayloadCodec? Codec { get; }

    public int Count { get; private set; }

    /// <summary>Bytes of the encoded arguments.</summary>
    public long Bytes => _arguments?.WrittenCount ?? 0;

    public TArgument Input(int index) => _inputs[index];

    /// <summary>Adds a task. Throws, and adds nothing, where its argument cannot travel.</summary>
    public void Add(TArgument input, long index)
    {
        if (_arguments is not null)
        {
            int start = _arguments.WrittenCount;
            try
            {
                _arguments.WriteInt32(0);
                if (typeof(TArgument) != typeof(Nothing))
                    PayloadCodec.Encode(Codec!, input, _arguments, PayloadSide.Submit);
            }
            catch (PayloadException)
            {
                _arguments.CutTo(start);
                throw;
            }

            BinaryPrimitives.WriteInt32LittleEndian(_arguments.Written(start, sizeof(int)), _arguments.WrittenCount - start - sizeof(int));
            _ends![Count] = _arguments.WrittenCount;
        }

        _indexes[Count] = index;
        _inputs[Count++] = input;
    }

    /// <summary>The item that runs all of it. No task can be added any more.</summary>
    public WorkItem Begin()
    {
        _left = Count;
        var item = new BatchItem<TArgument, TResult>(this);
        Add(item);
        return item;
    }

    /// <summary>Adds an item that runs a part of it.</summary>
    public void Add(WorkItem item)
    {
        using (Uninterrupted.Hold(_items))
            _items.Add(item);
    }

    /// <summary>The encoded arguments of a part, each behind its length (32 bits).</summary>
    public ReadOnlyMemory<byte> Arguments(int first, int count)
    {
        int start = first == 0 ? 0 : _ends![first - 1];
        return _arguments!.WrittenMemory[start.._ends![first + count - 1]];
    }

    /// <summary>Cancels what has not ended, parts that are split off later included.</summary>
    public void Cancel()
    {
        WorkItem[] items;
        using (Uninterrupted.Hold(_items))
        {
            _cancelled = true;
            items = [.. _items];
        }

        foreach (WorkItem item in items)
            item.RequestCancel(CancelReason.Caller);
    }

    public bool IsCancelled
    {
        get
        {
            using (Uninterrupted.Hold(_items))
                return _cancelled;
        }
    }

    /// <summary>The task has ended and its result or failure can be read.</summary>
    public bool HasEnded(int index) => Volatile.Read(ref _states[index]) >= (byte)End.Succeeded;

    /// <summary>Takes the result out: what has been handed on is not kept alive.</summary>
    public bool TryResult(int index, [MaybeNullWhen(false)] out TResult result)
    {
        result = _results[index];
        _results[index] = default!;
        return Volatile.Read(ref _states[index]) == (byte)End.Succeeded;
    }

    /// <summary>Whoever ends a task claims it first; only one can.</summary>
    public bool TryClaim(int index) =>
        Interlocked.CompareExchange(ref _states[index], (byte)End.Claimed, (byte)End.None) == (byte)End.None;

    public bool IsClaimed(int index) => Volatile.Read(ref _states[index]) != (byte)End.None;

    /// <summary>Notes the result of a claimed task.</summary>
    public void SetResult(int index, TResult result) => _results[index] = result;

    /// <summary>Ends claimed tasks whose results have been set.</summary>
    public void Succeed(int first, int count) => Finish(first, count, End.Succeeded);

    /// <summary>Ends a claimed task with an error.</summary>
    public void Fail(int index, Exception error)
    {
        _run.Failed(_indexes[index], _inputs[index], error); // before the reader can see that the task has ended
        Finish(index, 1, End.Failed);
    }

    private void Finish(int first, int count, End end)
    {
        Volatile.WriteBarrier(); // the results before the states
        _states.AsSpan(first, count).Fill((byte)end);
        _run.Ended(this, first, count);
        if (Interlocked.Add(ref _left, -count) == 0)
            _run.Left(this);
    }
}
