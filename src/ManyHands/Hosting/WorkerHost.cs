using ManyHands.Completions;
using ManyHands.Payloads;
using ManyHands.Platform;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Hosting;

/// <summary>
/// A worker process: lanes run tasks, each on a thread of its own; the main thread listens to the parent, and ends the process when the
/// parent is gone, whatever the lanes are doing.
/// </summary>
internal sealed class WorkerHost
{
    // Cancellations that are remembered in case their task is just about to begin.
    private const int EarlyCancels = 256;

    private readonly WorkerEndpoint _endpoint;
    private readonly WorkerSettings _settings;
    private readonly FrameReader _control;
    private readonly HostLane[] _lanes;
    private readonly Queue<long> _early = new();
    private readonly WorkResolver _resolver = new();
    private readonly Dictionary<WorkReference, WorkInvoker> _invokers = [];
    private readonly IdleMemory _idleMemory = new();

    private WorkerHost(WorkerEndpoint endpoint, FrameReader control, WorkerSettings settings)
    {
        _endpoint = endpoint;
        _control = control;
        _settings = settings;
        if (endpoint.Memory is null)
            Printed = new PrintedBytes();
        _lanes = new HostLane[endpoint.Lanes.Length];
        for (int i = 0; i < _lanes.Length; i++)
            _lanes[i] = new HostLane(this, endpoint.Lanes[i], endpoint.Memory, i);
    }

    /// <summary>The surroundings in which every task begins.</summary>
    public ExecutionContext CleanContext { get; } = ExecutionContext.Capture()!;

    /// <summary>What has been printed; null where the parent sees that itself.</summary>
    public PrintedBytes? Printed { get; }

    public IPayloadCodec Codec { get; private set; } = PayloadCodec.Default;

    /// <summary>What runs a piece of work, for all lanes.</summary>
    /// <exception cref="WorkerVersionMismatchException">This process has another build of the code.</exception>
    /// <exception cref="WorkerStartException">This process cannot find the code.</exception>
    public WorkInvoker Invoker(WorkReference work)
    {
        lock (_invokers)
        {
            if (!_invokers.TryGetValue(work, out WorkInvoker? invoker))
                _invokers[work] = invoker = WorkInvoker.For(_resolver.Resolve(work));
            return invoker;
        }
    }

    /// <summary>Works until the parent says that it is enough.</summary>
    public static void Run(WorkerEndpoint endpoint)
    {
        var control = new FrameReader(endpoint.Control.Receive);
        if (!control.TryRead(out FrameHeader header) || header.Kind != FrameKind.Configure)
            return; // the parent is gone already
        WorkerSettings settings = WorkerSettings.Read(control.Body);
        ProcessControl.DieWithParent(settings.ParentPid);
        Nesting.Enter(settings.Depth, settings.ProcessBudget);
        new WorkerHost(endpoint, control, settings).Run();
    }

    private void Run()
    {
        var hello = new PayloadWriter();
        Greeting.Own.Write(hello);
        _lanes[0].Output.Send(new FrameHeader(FrameKind.Hello), hello.WrittenSpan);
        LibraryThread.Start("ManyHands lane 0", RunFirstLane, Fail);
        byte[] answer = new byte[FrameHeader.Size];
        while (_control.TryRead(out FrameHeader header))
        {
            if (header.Kind == FrameKind.Shutdown)
                return;
            if (header.Kind == FrameKind.Ping)
            {
                (header with { Kind = FrameKind.Pong }).Write(answer);
                _endpoint.Control.Send(answer);
            }

            if (header.Kind == FrameKind.Cancel)
                Cancel(header.Task);
        }

        ProcessControl.ExitNow(1); // the parent is gone
    }

    // A lane that cannot go on would keep its tasks for ever: the parent judges by the end of the process, and reads what is said here.
    private static void Fail(Exception error) => Environment.FailFast($"A lane of this worker cannot go on: {error.Message}", error);

    private void RunFirstLane()
    {
        var reply = new PayloadWriter();
        try
        {
            _settings.Application.Adopt();
            Printed?.Begin();
            if (_settings.IsSpare && _endpoint.Memory is not null)
                Rehearsal.Run(this);
            if (_settings.Codec.Length > 0)
                Codec = OtherCodec(_settings.Codec);
            if (_settings.Initializer.Length > 0)
                Invoker(WorkReference.Read(_settings.Initializer)).Invoke(Codec, _settings.InitializerArgument, large: null, reply, default);
        }
        catch (Exception error) // whatever it throws is the reason why there is no worker
        {
            reply.Clear();
            RemoteFailure.From(error).Write(reply);
            _lanes[0].Output.Send(new FrameHeader(FrameKind.StartFailed), reply.WrittenSpan);
            return;
        }

        Array.ForEach(_settings.KnownWork, Find);
        for (int i = 1; i < _lanes.Length; i++)
            LibraryThread.Start($"ManyHands lane {i}", _lanes[i].Run, Fail);
        _lanes[0].TellPrinted();
        _lanes[0].Output.Send(new FrameHeader(FrameKind.Ready), default);
        _lanes[0].Run();
    }

    // Not to be run: whoever submits what cannot be found hears of it.
    private void Find(WorkReference work)
    {
        try
        {
            Invoker(work);
        }
        catch (ExecutorException)
        {
            // As if it had never been tried.
        }
    }

    private IPayloadCodec OtherCodec(byte[] bytes)
    {
        var reader = new FieldReader(bytes);
        TypeAddress address = TypeAddress.Read(ref reader);
        _resolver.Types.Learn(LoadContextAddress.ReadList(ref reader));
        return (IPayloadCodec)Activator.CreateInstance(_resolver.Types.Resolve(address))!;
    }

    /// <summary>Milliseconds without work after which a lane says so.</summary>
    public int RestAfter => _idleMemory.Wait;

    /// <summary>A lane has had nothing to do for a while. Where that is so for all of them, memory is given back.</summary>
    public void RestIfIdle()
    {
        if (!Array.TrueForAll(_lanes, lane => lane.IsResting))
            return;
        lock (_idleMemory)
            _idleMemory.GiveBack();
    }

    /// <summary>A cancellation came between the mark of a task and its token.</summary>
    public bool WasCancelledEarly(long task)
    {
        lock (_early)
            return _early.Contains(task);
    }

    private void Cancel(long task)
    {
        // First noted, then looked for: whichever way the lane is at, one of the two finds the other.
        lock (_early)
        {
            _early.Enqueue(task);
            if (_early.Count > EarlyCancels)
                _early.Dequeue();
        }

        // Runs callbacks of the work, which may take their time: this thread has to hear the next frame, and the parent's end.
        Errands.Run(CancelInLanes, task);
    }

    private void CancelInLanes(long task)
    {
        try
        {
            _ = Array.Exists(_lanes, lane => lane.Cancel(task));
        }
        catch (AggregateException error)
        {
            // A cancellation callback of the work threw. The task goes on, and is killed in time.
            Console.Error.WriteLine($"Cancelling task {task}: {error.Message}");
        }
    }
}
