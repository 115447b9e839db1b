using System.Runtime.InteropServices;
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
    private readonly FileDescriptor _output;
    private readonly FileDescriptor _errors;
    private readonly FileDescriptor _wake;
    private readonly FileDescriptor _waker;

    private readonly long? _parentPeak;

    private LinuxWorkerProcess(
        LinuxProcess process, WorkerEndpoint endpoint, FileDescriptor output, FileDescriptor errors, (FileDescriptor Wake, FileDescriptor Waker) end, long? parentPeak)
        : base(process.Pid, endpoint)
    {
        _process = process;
        _output = output;
        _errors = errors;
        (_wake, _waker) = end;
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
            var end = FileDescriptor.Pipe();
            ours.AddRange([end.Read, end.Write]);
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
            return new LinuxWorkerProcess(new LinuxProcess(pid), endpoint, output, errors, end, peak);
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
        if (_process.Wait(killGroup: true, _guard.Ended) is not var (status, usage))
            return ProcessEnd.Unknown;
        long peak = usage.MaxResidentKiB * 1024;
        return new ProcessEnd(status.ExitCode, status.Signal)
        {
            ProcessorTime = TimeSpan.FromSeconds(usage.UserSeconds + usage.SystemSeconds) + TimeSpan.FromMicroseconds(usage.UserMicroseconds + usage.SystemMicroseconds),

            // posix_spawn shares the parent's memory until exec, and the kernel counts that as the child's peak.
            PeakBytes = peak > _parentPeak ? peak : null,
        };
    }

    public override void ReadOutput(LineSplitter output, LineSplitter errors)
    {
        byte[] buffer = new byte[16 * 1024];
        LibC.PollEntry* entries = stackalloc LibC.PollEntry[3];
        entries[0] = Entry(_output);
        entries[1] = Entry(_errors);
        entries[2] = Entry(_wake);
        bool ended = false;
        while (entries[0].Descriptor >= 0 || entries[1].Descriptor >= 0)
        {
            int ready = LibC.Poll(entries, 3, ended ? 0 : -1);
            if (ready < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted)
                continue;
            if (entries[0].Returned != 0)
                Read(_output, ref entries[0], output);
            if (entries[1].Returned != 0)
                Read(_errors, ref entries[1], errors);
            if (ended && entries[0].Returned == 0 && entries[1].Returned == 0)
                break; // everything it wrote has been read; a grandchild may keep the pipe open
            ended |= entries[2].Returned != 0;
        }

        output.End();
        errors.End();

        void Read(FileDescriptor descriptor, ref LibC.PollEntry entry, LineSplitter lines)
        {
            int read = descriptor.Read(buffer);
            if (read == 0)
                entry.Descriptor = -1; // poll ignores it from now on
            else
                lines.Add(buffer.AsSpan(0, read));
        }
    }

    public override void EndOutput() => _waker.Dispose();

    public override void Dispose()
    {
        Endpoint.Dispose();
        _output.Dispose();
        _errors.Dispose();
        _wake.Dispose();
        _waker.Dispose();
    }

    private static LibC.PollEntry Entry(FileDescriptor descriptor) =>
        new() { Descriptor = (int)descriptor.DangerousGetHandle(), Events = LibC.PollIn };
}
