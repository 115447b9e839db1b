using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using ManyHands.Platform;
using ManyHands.Platform.Linux;

namespace ManyHands.Shell;

/// <summary>One command between start and end. <see cref="Start"/> belongs to a starter thread, everything after it to the watcher's.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Its own end closes what it opened.")]
internal sealed class RunningCommand(ExternalCommand command, CallerGuard guard, CancellationToken cancellation)
{
    /// <summary>Poll entries that one command needs: its end, its output, its errors.</summary>
    public const int PollEntries = 3;

    // The caller's continuation must not run on the thread that watches everybody.
    private readonly TaskCompletionSource<CommandResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LinuxProcess? _process;
    private FileDescriptor? _end;
    private OutputPipe? _output;
    private OutputPipe? _error;
    private CancellationTokenRegistration _registration;
    private long _started;
    private long _timeoutAt = long.MaxValue;
    private long _killAt = long.MaxValue;
    private bool _hasEnded;
    private bool _stopping;
    private bool _timedOut;
    private bool _cancelled;
    private Exception? _failure;

    public Task<CommandResult> Completion => _completion.Task;

    /// <summary>When <see cref="Advance"/> wants to be called though nothing was reported, in milliseconds of the tick count.</summary>
    public long NextDeadline => Math.Min(_timeoutAt, _killAt);

    /// <summary>A descriptor that becomes readable when the process ends, or less than 0.</summary>
    public static int OpenPidDescriptor(int pid)
    {
        const int pidfdOpen = 434;
        return (int)LibC.SystemCall(pidfdOpen, pid, 0);
    }

    /// <summary>Starts the program. False: it did not start, and the completion says why.</summary>
    public bool Start()
    {
        if (cancellation.IsCancellationRequested)
        {
            _completion.TrySetCanceled(cancellation);
            return false;
        }

        string? mark = command.EndWithCaller ? guard.Begin() : null;
        try
        {
            // posix_spawn reports the missing folder as a missing program.
            if (command.WorkingDirectory is { } folder && !Directory.Exists(folder))
                throw new CommandStartException(command.Program, $"its working directory '{folder}' does not exist.");
            Spawn(mark);
            return true;
        }
        catch (Exception exception) when (exception is Win32Exception or CommandStartException or ArgumentException)
        {
            if (mark is not null && _process is null)
                guard.NotStarted(mark);
            Close();
            _completion.TrySetException(exception is Win32Exception refused
                ? new CommandStartException(command.Program, Reason(refused), refused)
                : exception);
            return false;
        }
    }

    /// <summary>Nobody looks after it any more: its caller gets the error, and what may be left of it is killed.</summary>
    public void Abandon(Exception error)
    {
        _completion.TrySetException(error);
        LibraryThread.Guard(() => _process?.Signal(LibC.SignalKill, wholeGroup: true), static _ => { });
        LibraryThread.Guard(Close, static _ => { });
    }

    /// <summary>Connects the token. <paramref name="request"/> brings an action to the watcher's thread.</summary>
    public void StopWhenCancelled(Action<Action> request) =>
        _registration = cancellation.UnsafeRegister(_ => request(() =>
        {
            _cancelled |= !_hasEnded;
            Stop();
        }), null);

    public void FillEntries(Span<LibC.PollEntry> entries)
    {
        entries[0] = new LibC.PollEntry { Descriptor = _hasEnded ? -1 : (int)_end!.DangerousGetHandle(), Events = LibC.PollIn };
        entries[1] = _output!.PollEntry;
        entries[2] = _error!.PollEntry;
    }

    /// <summary>Handles what poll reported and what time has brought. False: the command has ended.</summary>
    public bool Advance(ReadOnlySpan<LibC.PollEntry> entries, byte[] buffer)
    {
        if (entries[1].Returned != 0)
            Deliver(() => _output!.Read(buffer));
        if (entries[2].Returned != 0)
            Deliver(() => _error!.Read(buffer));
        _hasEnded |= entries[0].Returned != 0;

        long now = Environment.TickCount64;
        if (now >= _timeoutAt)
        {
            _timeoutAt = long.MaxValue;
            _timedOut = !_hasEnded && !_stopping;
            if (_timedOut)
                Stop();
        }

        if (now >= _killAt)
        {
            _killAt = long.MaxValue;
            Signal(LibC.SignalKill);
        }

        // The children of a stopped command may still be removing their lock files: they have what is left of the grace, or until they close the output.
        bool childrenMayLive = _killAt != long.MaxValue && (_output!.IsOpen || _error!.IsOpen);
        if (!_hasEnded || childrenMayLive)
            return true;

        Finish(buffer);
        return false;
    }

    private void Spawn(string? mark)
    {
        var environment = command.BuildEnvironment();
        environment.Remove(CallerGuard.MarkVariable);
        if (mark is not null)
            environment[CallerGuard.MarkVariable] = mark;

        _output = new OutputPipe(command, command.OnOutputLine, out var outputEnd);
        using var closeOutput = outputEnd;
        _error = new OutputPipe(command, command.OnErrorLine, out var errorEnd);
        using var closeError = errorEnd;

        using var input = OpenInput();
        _started = Stopwatch.GetTimestamp();
        _process = new LinuxProcess(PosixSpawn.Start(new SpawnRequest
        {
            Program = command.Program,
            Arguments = command.Arguments,
            Environment = environment,
            WorkingDirectory = command.WorkingDirectory,
            StandardInput = input,
            StandardOutput = outputEnd,
            StandardError = errorEnd,
        }));
        if (mark is not null)
            guard.Started(mark, _process.Pid);
        if (command.Timeout is { } timeout)
            _timeoutAt = Environment.TickCount64 + (long)Math.Ceiling(timeout.TotalMilliseconds);

        int descriptor = OpenPidDescriptor(_process.Pid);
        if (descriptor < 0)
        {
            var error = FileDescriptor.Error("pidfd_open");
            _process.Signal(LibC.SignalKill, wholeGroup: true);
            guard.Ended(_process.Pid);
            _ = _process.Wait();
            throw error;
        }

        _end = new FileDescriptor(descriptor);
        Deliver(() => command.OnStarted?.Invoke(_process.Pid));
    }

    private FileDescriptor? OpenInput()
    {
        try
        {
            return command.InputFile is { } file ? FileDescriptor.OpenToRead(file) : null;
        }
        catch (Win32Exception refused)
        {
            throw CommandStartException.Input(command.Program, command.InputFile, refused);
        }
    }

    private void Stop()
    {
        if (_stopping)
            return;
        _stopping = true;
        _killAt = Environment.TickCount64 + (long)command.KillAfter.TotalMilliseconds;
        Signal(LibC.SignalTerminate);
    }

    private void Signal(int signal)
    {
        try
        {
            _process!.Signal(signal, wholeGroup: true);
        }
        catch (Win32Exception refused)
        {
            // A program that runs as another user (sudo) cannot be stopped: the caller must hear of it instead of waiting for its end.
            _completion.TrySetException(new InvalidOperationException(
                $"'{command.Program}' (process {_process!.Pid}) has to stop but cannot be signalled: {refused.Message}. It is still running.", refused));
        }
    }

    private void Deliver(Action output)
    {
        try
        {
            output();
        }
#pragma warning disable CA1031 // The caller's own code: whatever it throws must end its command, not the thread that watches all of them.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _failure ??= exception;
            Stop();
        }
    }

    private void Finish(byte[] buffer)
    {
        _registration.Dispose();
        Deliver(() => _output!.Drain(buffer));
        Deliver(() => _error!.Drain(buffer));

        // Not reaped yet, so the group's number is still ours.
        if (_stopping)
            Signal(LibC.SignalKill);
        guard.Ended(_process!.Pid);
        TimeSpan ready = ProcessFiles.ReadyTime(_process.Pid); // while there is still something to ask about
        var end = _process.Wait();
        var wall = Stopwatch.GetElapsedTime(_started);
        Close();

        if (_failure is not null)
            _completion.TrySetException(_failure);
        else if (_cancelled)
            _completion.TrySetCanceled(cancellation);
        else if (end is var (status, usage))
            _completion.TrySetResult(Result(status, usage, wall, ready));
        else
            _completion.TrySetException(new InvalidOperationException(EndNotKnown()));
    }

    private CommandResult Result(WaitStatus status, LibC.ResourceUsage usage, TimeSpan wall, TimeSpan ready) => new()
    {
        ExitCode = status.ExitCode,
        Signal = status.Signal,
        TimedOut = _timedOut,
        Output = _output!.Kept.Text(),
        Error = _error!.Kept.Text(),
        OutputBytes = _output.Kept.Total,
        ErrorBytes = _error.Kept.Total,
        WallTime = wall,
        CpuTime = TimeSpan.FromSeconds(usage.UserSeconds + usage.SystemSeconds)
            + TimeSpan.FromMicroseconds(usage.UserMicroseconds + usage.SystemMicroseconds),
        ReadyTime = ready,
        PeakMemory = usage.MaxResidentKiB * 1024,
        VoluntarySwitches = usage.VoluntarySwitches,
        InvoluntarySwitches = usage.InvoluntarySwitches,
        DiskReadBytes = usage.BlocksIn * 512, // getrusage(2) counts in units of 512 bytes
        DiskWrittenBytes = usage.BlocksOut * 512,
    };

    private string EndNotKnown() =>
        $"'{command.Program}' (process {_process!.Pid}) has ended, and how is not known: something else in this process took its exit status, as native libraries do "
        + "that wait for any child.";

    private void Close()
    {
        _end?.Dispose();
        _output?.Dispose();
        _error?.Dispose();
    }

    private static string Reason(Win32Exception refused) => refused.NativeErrorCode switch
    {
        2 => "there is no such program.",
        13 => "it may not be executed.",
        LibC.TryAgain => "the limit on processes is reached (errno 11).",
        23 or 24 => $"the limit on open files is reached (errno {refused.NativeErrorCode}).",
        _ => refused.Message,
    };
}
