using ManyHands.Platform;
using ManyHands.Platform.Linux;
using ManyHands.Transports;

namespace ManyHands.Processes;

/// <summary>A worker in a session of its own, with unnamed sockets that nobody else can open.</summary>
internal sealed unsafe class LinuxWorkerProcess : WorkerProcess
{
    // A worker asks the kernel for its own death with its parent's when it runs; one that is stopped before that is this shell's to kill.
    private static readonly CallerGuard _guard = new();

    private readonly LinuxProcess _process;
    private readonly LinuxOutput _reading;
    private readonly long? _parentPeak;
    private volatile bool _hasGreeted;

    private LinuxWorkerProcess(
        LinuxProcess process, WorkerEndpoint endpoint, LinuxOutput reading, long? parentPeak)
        : base(process.Pid, endpoint)
    {
        _process = process;
        _reading = reading;
        _parentPeak = parentPeak;
    }

    /// <summary>Starts a worker. Only on <see cref="SpawnerThread"/>: the parent-death signal follows the thread.</summary>
    public static LinuxWorkerProcess Start(WorkerLaunch launch, int lanes, IReadOnlyDictionary<string, string> environment, StartFolder? folder = null)
    {
        var theirs = new List<FileDescriptor>();
        var ours = new List<IDisposable>();
        try
        {
            Connection control = Pair();
            LaneMemory memory = LaneMemory.Create(lanes);
            ours.Add(memory);
            var (output, outputWrite) = Pipe();
            var (errors, errorsWrite) = Pipe();
            var reading = new LinuxOutput(output, errors);
            ours.Add(reading);
            var endpoint = new WorkerEndpoint(control, [.. Enumerable.Range(0, lanes).Select(memory.ParentEnd)], memory);
            long? peak = ProcessControl.Usage(Environment.ProcessId).PeakBytes;

            // Last of all: whatever the system refuses after this would leave a process that nobody looks after.
            int pid = Spawn(new SpawnRequest
            {
                Program = launch.Program,
                Arguments = [.. launch.Arguments, .. WorkerEndpoint.InheritedArguments(lanes)],
                Environment = environment,
                WorkingDirectoryDescriptor = folder?.Descriptor,
                StandardOutput = outputWrite,
                StandardError = errorsWrite,
                Inherited = [theirs[0], memory.Descriptor],
            });
            return new LinuxWorkerProcess(new LinuxProcess(pid), endpoint, reading, peak);
        }
        catch
        {
            ours.ForEach(opened => opened.Dispose());
            throw;
        }
        finally
        {
            theirs.ForEach(descriptor => descriptor.Dispose());
        }

        SocketPairConnection Pair()
        {
            var (mine, other) = FileDescriptor.SocketPair();
            theirs.Add(other);
            var connection = new SocketPairConnection(mine);
            ours.Add(connection);
            return connection;
        }

        (FileDescriptor Read, FileDescriptor Write) Pipe()
        {
            var (read, write) = FileDescriptor.Pipe();
            ours.Add(read);
            theirs.Add(write);
            return (read, write);
        }
    }

    public override void Greeted()
    {
        _hasGreeted = true;
        _guard.Ended(Pid);
        SpawnerThread.Post(_guard.Rest);
    }

    private static int Spawn(SpawnRequest request)
    {
        string mark = _guard.Begin();
        try
        {
            int pid = PosixSpawn.Start(request with { Environment = new Dictionary<string, string>(request.Environment) { [CallerGuard.MarkVariable] = mark } });
            _guard.Started(mark, pid);
            return pid;
        }
        catch
        {
            _guard.NotStarted(mark);
            SpawnerThread.Post(_guard.Rest);
            throw;
        }
    }

    public override void Kill() => _process.Signal(LibC.SignalKill);

    public override ProcessEnd Wait()
    {
        var known = _process.Wait(killGroup: true, _guard.Ended);
        if (!_hasGreeted)
            SpawnerThread.Post(_guard.Rest);
        if (known is not var (status, usage))
            return ProcessEnd.Unknown;
        long peak = usage.MaxResidentKiB * 1024;
        return new ProcessEnd(status.ExitCode, status.Signal)
        {
            ProcessorTime = TimeSpan.FromSeconds(usage.UserSeconds + usage.SystemSeconds) + TimeSpan.FromMicroseconds(usage.UserMicroseconds + usage.SystemMicroseconds),

            // posix_spawn shares the parent's memory until exec, and the kernel counts that as the child's peak.
            PeakBytes = peak > _parentPeak ? peak : null,
        };
    }

    public override void ReadOutput(LineSplitter output, LineSplitter errors) => _reading.Run(output, errors, OutputWaits);

    public override void CatchUp()
    {
        if (!_reading.IsCaughtUp)
            _reading.CatchUp(OutputWaits);
    }

    public override void EndOutput() => _reading.End();

    public override void Dispose()
    {
        Endpoint.Dispose();
        _reading.Dispose();
    }
}
