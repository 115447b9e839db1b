using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ManyHands.Payloads;
using ManyHands.Platform;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Hosting;

/// <summary>One lane of a worker process: a thread that runs what it reads, inline, and writes each result before it begins the next task.</summary>
internal sealed class HostLane
{
    // Results may stay unannounced for this long while more tasks lie ready: waking the parent costs as much as several tiny tasks.
    private static readonly long _announceAfter = Stopwatch.Frequency * 50 / 1_000_000;

    private readonly WorkerHost _host;
    private readonly Connection _connection;
    private readonly LaneMemory? _memory;
    private readonly int _index;
    private readonly LaneOutput _output;
    private readonly FrameReader _reader;
    private readonly Dictionary<int, (WorkInvoker? Invoker, WorkReference Reference)> _invokers = [];
    private readonly Dictionary<int, WorkSurroundings> _contexts = [];
    private readonly Lock _cancelling = new();
    private CancellationTokenSource? _running;
    private long _runningTask;
    private long _now;
    private long _announced;
    private volatile bool _isResting;
    private bool _isSpoilt;
    private (long, long) _printed;

    public HostLane(WorkerHost host, Connection connection, LaneMemory? memory, int index)
    {
        _host = host;
        _connection = connection;
        _memory = memory;
        _index = index;
        _output = new LaneOutput(connection);
        _reader = new FrameReader(Receive) { LargeValues = LargeArgument };
    }

    public LaneOutput Output => _output;

    /// <summary>It waits for something to do.</summary>
    public bool IsResting => _isResting;

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
                    var context = new CallContext(fields.ReadRequiredText(), fields.ReadRequiredText());
                    _contexts[(int)header.Number] = new WorkSurroundings(_host.CleanContext, context);
                    break;
                case FrameKind.Run:
                    RunTask(header);
                    break;
                case FrameKind.RunBatch:
                    RunBatch(header, _reader.Body);
                    break;
                default:
                    throw new ProtocolException($"{header.Kind} was received on a lane");
            }
        }
    }

    /// <summary>Tells the parent what was printed before what is sent next, if it cannot see that itself.</summary>
    public void TellPrinted() => _host.Printed?.Tell(_output, ref _printed);

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

    private int Receive(Span<byte> buffer)
    {
        if (!_connection.HasBytes)
            Rest();
        int received = _connection.Receive(buffer);
        _isResting = false;
        _now = Stopwatch.GetTimestamp();
        return received;
    }

    // This lane has nothing left to do.
    private void Rest()
    {
        _connection.Announce();
        _isResting = true;
        if (!_connection.WaitForBytes(_host.RestAfter))
            _host.RestIfIdle();
    }

    private void RunTask(FrameHeader header)
    {
        var call = new Call(RunNumber.Read(header.Number));
        if (!TryBegin(header, call.Run.Generation, out _))
        {
            CheckTakenBack(header, call.Run.Generation);
            return;
        }

        long started = _now;
        FrameKind outcome = TryInvoke(header, ref call, _reader.Body, _reader.Large) ? FrameKind.Result : FrameKind.Failed;
        TellPrinted();
        _now = Stopwatch.GetTimestamp();
        Post(new FrameHeader(outcome, 0, header.Slot, header.Task, Stopwatch.GetElapsedTime(started, _now).Ticks));
        _reader.ForgetLarge();
        EndIfSpoilt();
    }

    private void RunBatch(FrameHeader header, ReadOnlySpan<byte> arguments)
    {
        var call = new Call(RunNumber.Read(header.Number));
        int at = sizeof(int);
        long started = _now;
        while (TryBegin(header, call.Run.Generation, out int index))
        {
            ReadOnlySpan<byte> argument = NextArgument(arguments, ref at);
            FrameKind outcome = TryInvoke(header, ref call, argument, large: null) ? FrameKind.BatchResult : FrameKind.BatchFailed;

            // Not announced: a reader that dozes looks within a millisecond by itself, and the end of the batch wakes it.
            _output.Post(new FrameHeader(outcome, 0, header.Slot, header.Task, index));
            EndIfSpoilt();
        }

        _now = Stopwatch.GetTimestamp();
        if (at == sizeof(int))
            CheckTakenBack(header, call.Run.Generation);
        else
            Post(new FrameHeader(FrameKind.BatchEnd, 0, header.Slot, header.Task, Stopwatch.GetElapsedTime(started, _now).Ticks));
    }

    private ReadOnlySpan<byte> NextArgument(ReadOnlySpan<byte> arguments, ref int at)
    {
        if (_reader.IsBodyLost)
        {
            at += sizeof(int);
            return default; // TryInvoke says why there is none
        }

        int length = arguments.Length - at >= sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(arguments[at..]) : -1;
        if (length < 0 || length > arguments.Length - at - sizeof(int))
            throw new ProtocolException("the arguments of a batch were cut off");
        at += sizeof(int) + length;
        return arguments[(at - length)..at];
    }

    // Written at once, so that it outlives this process; announced when it is worth a wake-up.
    private void Post(FrameHeader header)
    {
        _output.Post(header);
        if (_now - _announced < _announceAfter)
            return;
        _announced = _now;
        _connection.Announce();
    }

    /// <summary>Marks the next task as begun, where the parent can see it even if this process dies.</summary>
    private bool TryBegin(FrameHeader header, uint generation, out int index)
    {
        if (header.Slot >= LaneMemory.Slots)
            throw new ProtocolException($"slot {header.Slot} was received, and there are {LaneMemory.Slots}");
        if (_memory is not null)
            return Claim.TryBegin(ref _memory.Mark(_index, header.Slot), generation, out index);

        // Without shared memory nothing can be taken back, and a frame says that the task begins.
        if (header.Kind == FrameKind.RunBatch)
            throw new ProtocolException("a batch was received without memory for its marks");
        _output.Send(new FrameHeader(FrameKind.Begun, 0, header.Slot, header.Task), default);
        index = 0;
        return true;
    }

    // What this lane did not begin cannot have begun: something has overwritten the mark, and the parent would wait for the task for ever.
    private void CheckTakenBack(FrameHeader header, uint generation)
    {
        long mark = _memory is null ? 0 : Volatile.Read(ref _memory.Mark(_index, header.Slot));
        if ((uint)(mark >> 32) == generation && Claim.Begun(mark) > 0)
            throw new ProtocolException($"the begun mark of task {header.Task} was overwritten");
    }

    /// <summary>Runs one task; its result, or its failure, is the output's body then.</summary>
    private bool TryInvoke(FrameHeader header, ref Call call, ReadOnlySpan<byte> argument, LargeValue? large)
    {
        CancellationToken cancellation = default;
        try
        {
            if (_reader.IsBodyLost)
                throw Payload.NoMemory(header.Length, PayloadSide.WorkerInput);
            WorkInvoker invoker = call.Invoker ??= Invoker(call.Run.Work);
            (call.WorkSurroundings ??= _contexts[call.Run.Context]).Enter();
            if (invoker.TakesToken)
                cancellation = BeginCancellable(header.Task);
            invoker.Invoke(_host.Codec, argument, large, _output.Body, cancellation);
            return true;
        }
        catch (Exception error) // whatever the work throws goes to its caller
        {
            var failure = RemoteFailure.From(error);
            _isSpoilt |= failure.IsAccessViolation;
            failure.Write(_output.NewBody());
            return false;
        }
        finally
        {
            if (cancellation.CanBeCanceled)
                EndCancellable();
        }
    }

    // Memory was touched that is none, so nothing here can be trusted any more. What has not begun goes back to the queue, as with every lost worker.
    private void EndIfSpoilt()
    {
        if (!_isSpoilt)
            return;
        _connection.Announce();
        Console.Error.WriteLine("A task ended by AccessViolationException. Its worker's memory cannot be trusted any more, so the worker ends.");
        ProcessControl.ExitNow(1);
    }

    private LargeValue? LargeArgument(FrameHeader header)
    {
        try
        {
            return header.Kind == FrameKind.Run ? Invoker(RunNumber.Read(header.Number).Work).LargeArgument(_host.Codec, header.Length) : null;
        }
        catch (Exception) // the work cannot be found, or there is no memory: the task itself will say so
        {
            return null;
        }
    }

    private WorkInvoker Invoker(int index)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrNullRef(_invokers, index);
        if (Unsafe.IsNullRef(ref known))
            throw new ProtocolException($"work {index} was run before it was defined");
        return known.Invoker ??= _host.Invoker(known.Reference);
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

    /// <summary>What is run and in which surroundings: looked up once for all tasks of a frame.</summary>
    private struct Call(RunNumber run)
    {
        public RunNumber Run { get; } = run;

        public WorkInvoker? Invoker { get; set; }

        public WorkSurroundings? WorkSurroundings { get; set; }
    }
}
