using ManyHands.Payloads;
using ManyHands.Platform;
using ManyHands.Pooling;
using ManyHands.Protocol;

namespace ManyHands.Processes;

/// <content>From its start to its end.</content>
internal sealed partial class ProcessWorker
{
    private readonly Lock _starting = new();
    private readonly List<LaneReader> _readers = [];
    private Thread? _output;
    private bool _isGreeted; // of the thread that reads the first lane, as the next
    private bool _isAnswered;

    private void Spawn()
    {
        WorkerProcess? process = null;
        lock (_starting)
        {
            try
            {
                process = plan.Start();
                _lanes = [.. process.Endpoint.Lanes.Select((connection, i) => new ProcessLane(Lanes[i], connection, process.Endpoint.Memory, plan.Remember, Broken) { MaxResult = plan.MaxResult })];
                _control = new LaneOutbox(process.Endpoint.Control, $"ManyHands worker {Number} control", Broken);
                _heartbeat = new Heartbeat(_control, process.Endpoint.Control);
                NewThread(() => AwaitEnd(process), "end", error => EndNotSeen(process, error));
            }
            catch (Exception error) // whatever it is, it is why there is no worker, and the thread that starts all workers must live on
            {
                if (process is not null)
                {
                    // The system gave a process, but not the thread to look after it.
                    process.Kill();
                    process.Wait();
                    process.Dispose();
                }

                pool.StartFailed(this, plan.StartError(Number, error));
                return;
            }

            try
            {
                LookAfter(process);
            }
            catch (Exception error) // from here on the end is another thread's business
            {
                _startError = plan.StartError(Number, error);
                Kill();
            }
        }
    }

    private void LookAfter(WorkerProcess process)
    {
        lock (_gate)
        {
            _process = process;
            if (_killed)
                process.Kill();
        }

        var settings = new PayloadWriter();
        (Role == WorkerRole.Spare ? plan.SpareSettings : plan.WorkerSettings).Write(settings);
        Control(new FrameHeader(FrameKind.Configure), settings.WrittenMemory);
        _output = NewThread(() => ReadOutput(process), "output", Broken); // a worker whose output is not read stops when the pipe is full
        for (int i = 0; i < _lanes.Length; i++)
        {
            LaneReader reader = ReaderOf(_lanes[i], i, process);
            reader.Start();
            _readers.Add(reader);
        }
    }

    private Thread NewThread(Action run, string what, Action<Exception> failed) =>
        LibraryThread.Start($"ManyHands worker {Number} {what}", run, failed, stack: 512 * 1024);

    private LaneReader ReaderOf(ProcessLane lane, int index, WorkerProcess process) => new(
        lane,
        endings => pool.Ended(Lanes[index], endings),
        (header, body) => Greeted(index, header, body.Span, process),
        Broken,
        $"ManyHands worker {Number} lane {index}",
        plan.ShowsOutput ? process.CatchUp : null);

    private void Broken(Exception error)
    {
        _protocolError = error.Message;
        Kill();
    }

    private void Greeted(int lane, FrameHeader header, ReadOnlySpan<byte> body, WorkerProcess process)
    {
        if (header.Kind == FrameKind.Printed)
        {
            if (plan.ShowsOutput)
                process.CatchUp(outputBytes: header.Number, errorBytes: header.Task);
            return;
        }

        // Each once, in this order: a flood of them would have the pool's lock at every one.
        bool isFirst = header.Kind == FrameKind.Hello;
        if (lane != 0 || _isGreeted == isFirst || _isAnswered)
            throw new ProtocolException($"{header.Kind} was received where it has no place");
        _isGreeted = true;
        _isAnswered = !isFirst;
        switch (header.Kind)
        {
            case FrameKind.Hello:
                _process?.Greeted();
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

    private void ReadOutput(WorkerProcess process)
    {
        var output = new LineSplitter((text, ends) => Printed(text, ends, isError: false));
        var errors = new LineSplitter((text, ends) => Printed(text, ends, isError: true));
        process.ReadOutput(output, errors);
        process.OutputWaits.End();

        void Printed(string text, bool ends, bool isError)
        {
            if (isError)
                _errorTail.Add(text);
            else
                _outputTail.Add(text);
            plan.Output(Number, text, ends, isError);
            process.OutputWaits.Progressed();
        }
    }

    private void AwaitEnd(WorkerProcess process)
    {
        ProcessEnd end = process.Wait();
        lock (_starting)
        {
            // Whoever was to look after it has been started, or could not be.
        }

        foreach (ProcessLane lane in _lanes)
            lane.End();
        process.Endpoint.Control.End();
        _control!.End();
        process.Greeted(); // or never will be
        process.EndOutput();
        process.OutputWaits.Hurry();
        _readers.ForEach(reader => reader.Join());
        bool outputEnded = _output is null || process.OutputWaits.Until(() => false);

        ProcessLoss loss = Judge(process.Pid, end);
        if (_ready)
            pool.Gone(this, loss);
        else
            pool.StartFailed(this, _startError ?? plan.NotReady(Number, loss));

        if (!outputEnded)
            _output!.Join();
        lock (_gate)
            _process = null;
        process.Dispose();
    }

    // Whatever it was that the thread met which waits for the end: nobody else will say that the worker is gone.
    private void EndNotSeen(WorkerProcess process, Exception error)
    {
        _protocolError ??= $"this process met an error while it looked after it: {error.Message}";
        Kill();
        ProcessLoss loss = Judge(process.Pid, ProcessEnd.Unknown);
        if (_ready)
            pool.Gone(this, loss);
        else
            pool.StartFailed(this, _startError ?? plan.NotReady(Number, loss));
    }

    private ProcessLoss Judge(int pid, ProcessEnd end)
    {
        bool byUs = _killed && (end.IsKilled || end.IsUnknown);
        WorkerLossCause cause = byUs ? WorkerLossCause.Killed : _errorTail.CauseOf(end);
        string? note = null;
        if (_protocolError is not null)
        {
            cause = WorkerLossCause.ProtocolError;
        }
        else if (byUs && KilledFor == KillCause.Hung)
        {
            cause = WorkerLossCause.Hung;
            note = $"It had not answered for {plan.HeartbeatLimit} (HeartbeatLimit).";
        }
        else if (byUs && KilledFor == KillCause.OutOfMemory)
        {
            cause = WorkerLossCause.OutOfMemory;
            note = $"Its resident memory of {WorkerUsage.MiB(SeenBytes)} was above the MemoryLimit of {WorkerUsage.MiB(plan.MemoryLimit ?? 0)}. Give the work less "
                + "at a time, raise MemoryLimit, or, if earlier tasks left the memory behind, let Retire.AboveBytes replace workers before they grow so big.";
        }
        else if (end.IsKilled && !_killed && ProcessControl.WasKilledForMemory())
        {
            cause = WorkerLossCause.OutOfMemory;
            note = "The kernel killed it because memory ran out: the count of such kills in its cgroup rose. Use fewer workers, or set MemoryLimit.";
        }
        else if (byUs && _ready && EndReason == WorkerEndReason.Killed)
        {
            note = $"It was killed to stop its {KilledTask}.";
        }

        return new ProcessLoss(end, cause, ReportOf(pid, end, note));
    }

    private WorkerReport ReportOf(int pid, ProcessEnd end, string? note) => new(pid)
    {
        LastLines = _errorTail.Lines(),
        LastOutput = _outputTail.ToList(),
        Headline = _protocolError is null ? _errorTail.HeadlineOf(end) : $"It was ended because {_protocolError}.",
        Note = note,
        Usage = WorkerUsage.Of(end.ProcessorTime ?? _usageAtKill.ProcessorTime, _usageAtKill.PeakBytes ?? end.PeakBytes, _usageAtKill.ResidentBytes),
    };
}
