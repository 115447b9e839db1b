using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ManyHands.Payloads;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Hosting;

/// <summary>One lane of a worker process: a thread that runs what it reads, inline, and writes each result before it begins the next task.</summary>
internal sealed class HostLane
{
    private readonly WorkerHost _host;
    private readonly Connection _connection;
    private readonly LaneMemory? _memory;
    private readonly int _index;
    private readonly LaneOutput _output;
    private readonly FrameReader _reader;
    private readonly BatchSender? _batch;
    private readonly PayloadWriter _result = new() { Limit = Payload.MaxLength };
    private readonly Dictionary<int, (WorkInvoker? Invoker, WorkReference Reference)> _invokers = [];
    private readonly Dictionary<int, CallContext> _contexts = [];
    private readonly Lock _cancelling = new();
    private CancellationTokenSource? _running;
    private long _runningTask;
    private bool _inBatch;

    public HostLane(WorkerHost host, Connection connection, LaneMemory? memory, int index)
    {
        _host = host;
        _connection = connection;
        _memory = memory;
        _index = index;
        _output = new LaneOutput(connection);
        _reader = new FrameReader(connection.Receive);
        _batch = memory is null ? null : new BatchSender(_output, memory, index);
    }

    public LaneOutput Output => _output;

    public bool IsInBatch => Volatile.Read(ref _inBatch);

    /// <summary>Runs tasks until the connection ends.</summary>
    public void Run()
    {
        while (_reader.TryRead(out FrameHeader header))
        {
            switch (header.Kind)
            {
                case FrameKind.DefineWork:
                    _invokers[(int)header.Number] = (null, WorkReference.Read(_reader.Body));
                    break;
                case FrameKind.DefineContext:
                    var fields = new FieldReader(_reader.Body);
                    _contexts[(int)header.Number] = new CallContext(fields.ReadRequiredText(), fields.ReadRequiredText());
                    break;
                case FrameKind.Run:
                    RunTask(header, _reader.Body);
                    break;
                case FrameKind.RunBatch:
                    RunBatch(header, _reader.Body);
                    break;
                default:
                    throw new ProtocolException($"{header.Kind} was received on a lane");
            }
        }
    }

    /// <summary>Asks the work of a task to stop, if the lane is running it.</summary>
    /// <returns>False where it is not: it may be just about to.</returns>
    public bool Cancel(long task)
    {
        CancellationTokenSource? running;
        lock (_cancelling)
            running = _runningTask == task ? _running : null;
        running?.Cancel();
        return running is not null;
    }

    /// <summary>Sends batch results that have waited for long.</summary>
    public void FlushBatch()
    {
        if (IsInBatch)
            _batch?.Flush();
    }

    private void RunTask(FrameHeader header, ReadOnlySpan<byte> argument)
    {
        var run = RunNumber.Read(header.Number);
        if (!TryBegin(header, run.Generation))
            return; // taken back
        long started = TimeProvider.System.GetTimestamp();
        FrameKind outcome = TryInvoke(header.Task, run, argument) ? FrameKind.Result : FrameKind.Failed;
        _output.Send(
            new FrameHeader(outcome, 0, header.Slot, header.Task, TimeProvider.System.GetElapsedTime(started).Ticks), _result.WrittenSpan);
    }

    private void RunBatch(FrameHeader header, ReadOnlySpan<byte> arguments)
    {
        var run = RunNumber.Read(header.Number);
        int at = sizeof(int);
        if (_batch is null)
            throw new ProtocolException("a batch was received without memory for its marks");
        if (!TryBegin(header, run.Generation))
            return; // taken back
        _batch.Begin(header.Slot, header.Task);
        Volatile.Write(ref _inBatch, true);
        _host.BatchBegan();
        do
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(arguments[at..]);
            bool succeeded = TryInvoke(header.Task, run, arguments.Slice(at + sizeof(int), length));
            at += sizeof(int) + length;
            _batch.Add(succeeded, _result.WrittenSpan);
        }
        while (TryBegin(header, run.Generation));
        Volatile.Write(ref _inBatch, false);
        _batch.End();
    }

    /// <summary>Marks the next task as begun, where the parent can see it even if this process dies.</summary>
    private bool TryBegin(FrameHeader header, uint generation)
    {
        if (_memory is not null)
            return Claim.TryBegin(ref _memory.Mark(_index, header.Slot), generation, out _);

        // Without shared memory nothing can be taken back, and a frame says that the task begins.
        _output.Send(new FrameHeader(FrameKind.Begun, 0, header.Slot, header.Task), default);
        return true;
    }

    /// <summary>Runs one task; its result, or its failure, is in <see cref="_result"/> then.</summary>
    private bool TryInvoke(long task, RunNumber run, ReadOnlySpan<byte> argument)
    {
        _result.Clear();
        CancellationToken cancellation = default;
        try
        {
            WorkInvoker invoker = Invoker(run.Work);
            _contexts[run.Context].Apply();
            if (invoker.TakesToken)
                cancellation = BeginCancellable(task);
            invoker.Invoke(_host.Codec, argument, _result, cancellation);
            return true;
        }
        catch (Exception error) // whatever the work throws goes to its caller
        {
            _result.Clear();
            RemoteFailure.From(error).Write(_result);
            return false;
        }
        finally
        {
            if (cancellation.CanBeCanceled)
                EndCancellable();

            // What the work left in its surroundings is not for the next task.
            ExecutionContext.Restore(_host.CleanContext);
            if (SynchronizationContext.Current is not null)
                SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    private WorkInvoker Invoker(int index)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(_invokers, index);
        if (Unsafe.IsNullRef(ref known))
            throw new ProtocolException($"work {index} was run before it was defined");
        return known.Invoker ??= WorkInvoker.For(_host.Resolver.Resolve(known.Reference));
    }

    private CancellationToken BeginCancellable(long task)
    {
        var running = new CancellationTokenSource();
        lock (_cancelling)
        {
            _running = running;
            _runningTask = task;
        }

        if (_host.WasCancelledEarly(task))
            running.Cancel();
        return running.Token;
    }

    private void EndCancellable()
    {
        lock (_cancelling)
        {
            _running = null;
            _runningTask = 0;
        }
    }
}
