using ManyHands.Platform;
using ManyHands.Pooling;
using ManyHands.Protocol;

namespace ManyHands.Processes;

/// <summary>
/// A worker process and the threads that look after it: one for each lane's results, one for its output, and one that waits for its end.
/// Death is judged by the wait status alone; then everything it had sent is taken in, and only then the pool hears of it.
/// </summary>
internal sealed partial class ProcessWorker(WorkerPool pool, ProcessWorkerPlan plan, int number) : Worker(number, plan.Lanes)
{
    private readonly Lock _gate = new();
    private readonly ErrorTail _errorTail = new();
    private readonly LineTail _outputTail = new();
    private WorkerProcess? _process;
    private LaneOutbox? _control;
    private Heartbeat? _heartbeat;
    private ProcessLane[] _lanes = [];
    private bool _killed;
    private ProcessUsage _usageAtKill;
    private volatile bool _ready;
    private Exception? _startError;
    private string? _protocolError;

    public override int? Pid => _process?.Pid;

    public override long ResidentBytes => _process is { } process ? ProcessControl.ResidentBytes(process.Pid) : 0;

    public override bool Start()
    {
        try
        {
            SpawnerThread.Post(Spawn);
        }
        catch (OutOfMemoryException error)
        {
            throw plan.StartError(Number, error);
        }

        return false;
    }

    public override void Dispatch(Lane lane, WorkItem item) => _lanes[lane.Index].Dispatch(item);

    public override void Flush(Lane lane) => _lanes[lane.Index].Flush();

    public override int TakeBack(WorkItem item, int leave = 0) => LaneOf(item).TakeBack(item, leave);

    public override int Begun(WorkItem item) => LaneOf(item).Begun(item);

    public override bool HasUnread(Lane lane) => _lanes[lane.Index].HasUnread;

    public override WorkerLoss? Kill()
    {
        lock (_gate)
        {
            if (_process is { } process && !_killed)
            {
                _usageAtKill = ProcessControl.Usage(process.Pid); // afterwards its memory is gone
                process.Kill();
            }

            _killed = true; // one that is being started is killed as soon as it exists
        }

        return null;
    }

    public override WorkerLoss? LossSoFar => _process is { } process ? Judge(process.Pid, ProcessEnd.Killed) : null;

    public override WorkerLoss? Stop()
    {
        Control(new FrameHeader(FrameKind.Shutdown), default);
        return null;
    }

    public override void CancelPolitely(WorkItem item) => Control(new FrameHeader(FrameKind.Cancel, Task: item.Id.Value), default);

    public override void Ping() => _heartbeat!.Ask();

    public override bool HasAnswered
    {
        get
        {
            try
            {
                return _heartbeat!.HasAnswered;
            }
            catch (ProtocolException error)
            {
                Broken(error);
                return true; // it is gone in a moment
            }
        }
    }

    private ProcessLane LaneOf(WorkItem item) => _lanes[((Lane)item.Holder!).Index];

    // Never waits: a stopped worker reads nothing, and whoever cancels or closes holds the pool's lock.
    private void Control(FrameHeader header, ReadOnlyMemory<byte> body)
    {
        if (_control is not { } control)
            return;
        control.Add(header, body);
        control.Flush();
    }
}
