using System.ComponentModel;
using System.Runtime.InteropServices;
using ManyHands.Platform.Linux;

namespace ManyHands.Processes;

/// <summary>
/// The pipes that a worker prints into, whoever in it prints: managed code, native code or a program that it has started. One thread reads them; others ask whether
/// it has handed on everything.
/// </summary>
/// <param name="output">Its standard output.</param>
/// <param name="errors">Its standard error.</param>
internal sealed unsafe class LinuxOutput(FileDescriptor output, FileDescriptor errors) : IDisposable
{
    private readonly ReadyBytes _ready = Watch(output, errors);
    private readonly (FileDescriptor Read, FileDescriptor Write) _wake = FileDescriptor.Pipe();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private volatile bool _isIdle = true;
    private long _asked;
    private long _answered;
    private bool _isWoken;

    /// <summary>Nothing was printed that has not been handed on. Asks the pipes first: what has left them is in the reader's hands, and then it is not idle.</summary>
    public bool IsCaughtUp => !_ready.Any && _isIdle;

    /// <summary>Waits until everything has been handed on that is in the pipes now.</summary>
    public void CatchUp(OutputWaits waits)
    {
        long ticket = Interlocked.Increment(ref _asked);
        Wake();
        waits.Until(() => Interlocked.Read(ref _answered) >= ticket);
    }

    /// <summary>Hands on what comes, until both streams have ended, or the process has and what it wrote is read; a grandchild may keep the pipes open.</summary>
    /// <param name="outputLines">Gets the standard output.</param>
    /// <param name="errorLines">Gets the standard error.</param>
    /// <param name="waits">Told of progress.</param>
    public void Run(LineSplitter outputLines, LineSplitter errorLines, OutputWaits waits)
    {
        LibC.PollEntry* entries = stackalloc LibC.PollEntry[3];
        entries[0] = Entry(output);
        entries[1] = Entry(errors);
        entries[2] = Entry(_wake.Read);
        bool hasEnded = false;
        while (!hasEnded && (entries[0].Descriptor >= 0 || entries[1].Descriptor >= 0))
        {
            _isIdle = !outputLines.HasRest && !errorLines.HasRest;
            if (LibC.Poll(entries, 3, -1) < 0 && Marshal.GetLastPInvokeError() == LibC.Interrupted)
                continue;
            _isIdle = false;
            Interlocked.MemoryBarrier(); // seen before the pipes are seen to be empty
            hasEnded = entries[2].Returned != 0 && !TakeWake();
            long asked = Interlocked.Read(ref _asked);
            bool all = hasEnded || asked != _answered;
            Take(output, ref entries[0], outputLines, all);
            Take(errors, ref entries[1], errorLines, all);
            if (!all)
                continue;
            outputLines.Flush();
            errorLines.Flush();
            Interlocked.Exchange(ref _answered, asked);
            waits.Changed();
        }

        outputLines.End();
        errorLines.End();
        _isIdle = true;
    }

    /// <summary>The process has ended.</summary>
    public void End() => _wake.Write.Dispose();

    public void Dispose()
    {
        _ready.Dispose();
        output.Dispose();
        errors.Dispose();
        _wake.Read.Dispose();
        _wake.Write.Dispose();
    }

    // All that is there now, and no more: some program may go on printing for ever.
    private void Take(FileDescriptor pipe, ref LibC.PollEntry entry, LineSplitter lines, bool all)
    {
        if (entry.Descriptor < 0)
            return;
        int left = all ? pipe.Available : 0;
        if (entry.Returned == 0 && left == 0)
            return;
        do
        {
            int read = pipe.Read(_buffer);
            if (read == 0)
            {
                entry.Descriptor = -1; // poll passes over it from now on
                _ready.Forget(pipe);
                return;
            }

            lines.Add(_buffer.AsSpan(0, read));
            left -= read;
        }
        while (left > 0);
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _isWoken, true))
            return; // it has not looked yet
        try
        {
            byte any = 1;
            _ = LibC.Write(_wake.Write, in any, 1);
        }
        catch (ObjectDisposedException)
        {
            // The process has ended: everything is read anyway.
        }
    }

    private bool TakeWake()
    {
        Interlocked.Exchange(ref _isWoken, false); // before the tickets are looked at: who comes after this wakes it again
        return _wake.Read.Read(_buffer.AsSpan(0, 1)) > 0;
    }

    private static ReadyBytes Watch(FileDescriptor output, FileDescriptor errors)
    {
        var ready = new ReadyBytes();
        try
        {
            ready.Watch(output);
            ready.Watch(errors);
            return ready;
        }
        catch (Win32Exception)
        {
            ready.Dispose();
            throw;
        }
    }

    private static LibC.PollEntry Entry(FileDescriptor descriptor) =>
        new() { Descriptor = (int)descriptor.DangerousGetHandle(), Events = LibC.PollIn };
}
