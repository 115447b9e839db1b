using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using ManyHands.Platform;
using ManyHands.Platform.Linux;

namespace ManyHands.Shell;

/// <summary>
/// Watches every running command of the process from one thread, asleep in poll: their ends (by pidfd), their output, their deadlines. Two more threads
/// start them, because posix_spawn blocks its caller until exec; measured, the second one adds a tenth to the rate and a third one nothing.
/// </summary>
/// <remarks>
/// Only this thread touches a running command and closes its descriptors, so poll never sees a number that was closed and given to somebody else.
/// </remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "Lives as long as the process, like the thread pool.")]
internal sealed unsafe class CommandReactor
{
    private static readonly Lazy<CommandReactor> _shared = new(() => new CommandReactor());

    private readonly BlockingCollection<RunningCommand> _toStart = [];
    private readonly ConcurrentQueue<Action> _requests = new();
    private readonly List<RunningCommand> _running = [];
    private readonly CallerGuard _guard = new();
    private readonly FileDescriptor _wakeRead;
    private readonly FileDescriptor _wakeWrite;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _awake;

    private CommandReactor()
    {
        (_wakeRead, _wakeWrite) = FileDescriptor.Pipe();
        Start(Watch, "ManyHands command watcher");
        Start(StartCommands, "ManyHands command starter 1");
        Start(StartCommands, "ManyHands command starter 2");

        static void Start(Action loop, string name) => LibraryThread.StartLasting(name, loop);
    }

    public static CommandReactor Shared => _shared.Value;

    /// <summary>Linux with pidfds (5.3 or newer, and no sandbox that forbids them).</summary>
    public static bool IsAvailable { get; } = CurrentPlatform.IsLinux && HasPidDescriptors();

    public Task<CommandResult> RunAsync(ExternalCommand command, CancellationToken cancellationToken)
    {
        var running = new RunningCommand(command, _guard, cancellationToken);
        _toStart.Add(running, CancellationToken.None);
        return running.Completion;
    }

    private static bool HasPidDescriptors()
    {
        int descriptor = RunningCommand.OpenPidDescriptor(Environment.ProcessId);
        return descriptor >= 0 && LibC.Close(descriptor) == 0;
    }

    private void StartCommands()
    {
        foreach (var command in _toStart.GetConsumingEnumerable())
        {
            try
            {
                if (command.Start())
                    Request(() => Accept(command));
            }
            catch (Exception error) // one command's trouble: the others are started all the same
            {
                LibraryThread.Report(error);
                command.Abandon(error);
            }
        }
    }

    private void Accept(RunningCommand command)
    {
        _running.Add(command);
        command.StopWhenCancelled(stop => Request(stop));
    }

    private void Request(Action request)
    {
        _requests.Enqueue(request);
        if (Interlocked.Exchange(ref _awake, 1) == 0)
        {
            byte any = 1;
            _ = LibC.Write(_wakeWrite, in any, 1);
        }
    }

    private void Watch()
    {
        var entries = new LibC.PollEntry[64];
        while (true)
        {
            int count = 1 + (_running.Count * RunningCommand.PollEntries);
            if (entries.Length < count)
                Array.Resize(ref entries, count * 2);
            entries[0] = new LibC.PollEntry { Descriptor = (int)_wakeRead.DangerousGetHandle(), Events = LibC.PollIn };
            long next = long.MaxValue;
            for (int i = 0; i < _running.Count; i++)
            {
                _running[i].FillEntries(entries.AsSpan(1 + (i * RunningCommand.PollEntries)));
                next = Math.Min(next, _running[i].NextDeadline);
            }

            // Rounded up: a wake-up just before the deadline would only lead to another one.
            int milliseconds = next == long.MaxValue ? -1 : (int)Math.Clamp(next - Environment.TickCount64 + 1, 0, int.MaxValue);
            fixed (LibC.PollEntry* first = entries)
            {
                if (LibC.Poll(first, (nuint)count, milliseconds) < 0)
                {
                    if (Marshal.GetLastPInvokeError() != LibC.Interrupted)
                        throw FileDescriptor.Error("poll");
                    continue;
                }
            }

            for (int i = _running.Count - 1; i >= 0; i--)
            {
                if (!Advance(_running[i], entries.AsSpan(1 + (i * RunningCommand.PollEntries))))
                    _running.RemoveAt(i);
            }

            if (entries[0].Returned != 0)
                TakeRequests();
        }
    }

    private bool Advance(RunningCommand command, ReadOnlySpan<LibC.PollEntry> entries)
    {
        try
        {
            return command.Advance(entries, _buffer);
        }
        catch (Exception error) // one command's trouble: the others are watched all the same
        {
            LibraryThread.Report(error);
            command.Abandon(error);
            return false;
        }
    }

    private void TakeRequests()
    {
        _ = _wakeRead.Read(_buffer);

        // Before the queue is emptied: what is enqueued from here on wakes the poll again.
        Volatile.Write(ref _awake, 0);
        Interlocked.MemoryBarrier();
        while (_requests.TryDequeue(out var request))
            LibraryThread.Guard(request, static _ => { });
    }
}
