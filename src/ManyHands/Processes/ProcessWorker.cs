using ManyHands.Payloads;
using ManyHands.Platform;
using ManyHands.Pooling;
using ManyHands.Protocol;

namespace ManyHands.Processes;

/// <summary>
/// A worker process and the threads that look after it: one for each lane's results, one for its output, and one that waits for its end.
/// Death is judged by the wait status alone; then everything it had sent is taken in, and only then the pool hears of it.
/// </summary>
internal sealed class ProcessWorker(WorkerPool pool, ProcessWorkerPlan plan, int number) : Worker(number, plan.Lanes)
{
    // Time that the last lines of a dead worker have to arrive, while a reader of the parent's console may be slow.
    private static readonly TimeSpan _outputLimit = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly ErrorTail _tail = new();
    private WorkerProcess? _process;
    private LaneOutbox? _control;
    private ProcessLane[] _lanes = [];
    private Thread[] _threads = [];
    private bool _killed;
    private volatile bool _ready;
    private Exception? _startError;
    private string? _protocolError;

    public override int? Pid => _process?.Pid;

    public override long ResidentBytes => _process is { } process ? ProcessControl.ResidentBytes(process.Pid) : 0;

    public override bool Start()
    {
        SpawnerThread.Post(Spawn);
        return false;
    }

    public override void Dispatch(Lane lane, WorkItem item) => _lanes[lane.Index].Dispatch(item);

    public override void Flush(Lane lane) => _lanes[lane.Index].Flush();

    public override int TakeBack(WorkItem item, int leave = 0) => LaneOf(item).TakeBack(item, leave);

    public override int Begun(WorkItem item) => LaneOf(item).Begun(item);

    public override WorkerLoss? Kill()
    {
        lock (_gate)
        {
            _killed = true; // one that is being started is killed as soon as it exists
            _process?.Kill();
        }

        return null;
    }

    public override WorkerLoss? Stop()
    {
        Control(new FrameHeader(FrameKind.Shutdown), default);
        return null;
    }

    public override void CancelPolitely(WorkItem item) => Control(new FrameHeader(FrameKind.Cancel, Task: item.Id.Value), default);

    private ProcessLane LaneOf(WorkItem item) => _lanes[((Lane)item.Holder!).Index];

    // Never waits: a stopped worker reads nothing, and whoever cancels or closes holds the pool's lock.
    private void Control(FrameHeader header, ReadOnlyMemory<byte> body)
    {
        if (_control is not { } control)
            return;
        control.Add(header, body);
        control.Flush();
    }

    private void Spawn()
    {
        WorkerProcess? process = null;
        try
        {
            process = plan.Start();
            _lanes = [.. process.Endpoint.Lanes.Select((connection, i) => new ProcessLane(Lanes[i], connection, process.Endpoint.Memory))];
            lock (_gate)
            {
                _process = process;
                if (_killed)
                    process.Kill();
            }

            Configure(process);
        }
        catch (Exception error) // whatever it is, it is why there is no worker, and the thread that starts all workers must live on
        {
            if (process is not null)
            {
                // The system gave a process but not the threads to look after it.
                process.Kill();
                process.Wait();
            }

            pool.StartFailed(this, plan.StartError(Number, error));
        }
    }

    private void Configure(WorkerProcess process)
    {
        var settings = new PayloadWriter();
        plan.Settings.Write(settings);
        _control = new LaneOutbox(process.Endpoint.Control, $"ManyHands worker {Number} control");
        Control(new FrameHeader(FrameKind.Configure), settings.WrittenMemory);
        _threads =
        [
            .. _lanes.Select((lane, i) => NewThread(() => ReadLane(lane), $"lane {i}")),
            NewThread(ReadOutput, "output"),
        ];
        foreach (Thread thread in _threads)
            thread.UnsafeStart(); // without the context of whoever submitted first
        NewThread(AwaitEnd, "end").UnsafeStart();
    }

    private Thread NewThread(Action run, string what) =>
        new(() => run(), 512 * 1024) { IsBackground = true, Name = $"ManyHands worker {Number} {what}" };

    private void ReadLane(ProcessLane lane)
    {
        int index = Array.IndexOf(_lanes, lane);
        var ended = new List<(WorkItem Item, TimeSpan Elapsed)>();
        try
        {
            while (lane.Reader.TryRead(out FrameHeader header))
            {
                if (header.Kind is FrameKind.Hello or FrameKind.Ready or FrameKind.StartFailed)
                    Greeted(header, lane.Reader.Body);
                else
                    lane.Receive(header, ended);

                // Frames that arrived together are one turn of the pool's lock.
                if (ended.Count > 0 && !lane.Reader.HasFrame)
                {
                    pool.Ended(Lanes[index], ended);
                    ended.Clear();
                }
            }
        }
        catch (Exception error) when (error is ProtocolException or PayloadException)
        {
            // Its word cannot be trusted any more, and nobody reads what it writes.
            _protocolError = error.Message;
            Kill();
        }

        if (ended.Count > 0)
            pool.Ended(Lanes[index], ended);
    }

    private void Greeted(FrameHeader header, ReadOnlySpan<byte> body)
    {
        switch (header.Kind)
        {
            case FrameKind.Hello:
                if (Greeting.Read(body).Mismatch(Greeting.Own) is { } mismatch)
                {
                    _startError = new WorkerVersionMismatchException(mismatch);
                    Kill();
                }

                break;
            case FrameKind.Ready when _startError is null:
                _ready = true;
                pool.Ready(this);
                break;
            case FrameKind.StartFailed:
                Exception cause = RemoteFailure.Read(body).Rebuild(plan.InitializerAssembly);
                _startError = new WorkerStartException($"The initializer of worker {Number} failed: {cause.Message}", cause);
                Kill();
                break;
        }
    }

    private void ReadOutput()
    {
        var output = new LineSplitter(line => plan.Print(Number, line, isError: false));
        var errors = new LineSplitter(line =>
        {
            _tail.Add(line);
            plan.Print(Number, line, isError: true);
        });
        _process!.ReadOutput(output, errors);
    }

    private void AwaitEnd()
    {
        ProcessEnd end = _process!.Wait();
        foreach (ProcessLane lane in _lanes)
            lane.End();
        _process.Endpoint.Control.End();
        _control!.End();
        _process.EndOutput();
        foreach (Thread thread in _threads[..^1])
            thread.Join();
        bool outputEnded = _threads[^1].Join(_outputLimit);
        foreach (ProcessLane lane in _lanes)
            lane.ReadJournal();

        WorkerLossCause cause = _protocolError is null ? _tail.CauseOf(end) : WorkerLossCause.ProtocolError;
        string? headline = _protocolError is null ? _tail.Headline : $"It was ended because {_protocolError}.";
        var loss = new ProcessLoss(_process.Pid, end, cause, _tail.Lines(), headline);
        if (_ready)
            pool.Gone(this, loss);
        else
            pool.StartFailed(this, _startError ?? plan.NotReady(Number, loss));

        if (!outputEnded)
            _threads[^1].Join();
        lock (_gate)
        {
            WorkerProcess process = _process;
            _process = null;
            process.Dispose();
        }
    }
}
