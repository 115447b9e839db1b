using System.Runtime.InteropServices;
using ManyHands.Platform.Linux;

namespace ManyHands.Shell;

/// <summary>Our end of the pipe that a running command writes to, and what came out of it. For one thread.</summary>
internal sealed class OutputPipe : IDisposable
{
    // The most that a pipe can hold when its writer ends, unless the writer is privileged.
    private const int LargestPipe = 1 << 20;

    private FileDescriptor? _pipe;

    /// <summary>Makes the pipe. The caller closes its writing end once the program has it.</summary>
    public OutputPipe(ExternalCommand command, Action<string>? onLine, out FileDescriptor writingEnd)
    {
        Kept = new BoundedOutput(command.OutputLimit, onLine);
        (_pipe, writingEnd) = FileDescriptor.Pipe();

        // F_SETFL with O_NONBLOCK, on our end only: programs expect theirs to block.
        if (LibC.Fcntl((int)_pipe.DangerousGetHandle(), 4, 0x800) < 0)
            throw FileDescriptor.Error("fcntl");
    }

    public BoundedOutput Kept { get; }

    /// <summary>Whether somebody may still write.</summary>
    public bool IsOpen => _pipe is not null;

    /// <summary>What to poll. Poll ignores entries with a negative descriptor.</summary>
    public LibC.PollEntry PollEntry =>
        new() { Descriptor = _pipe is null ? -1 : (int)_pipe.DangerousGetHandle(), Events = LibC.PollIn };

    /// <summary>Takes what is there, at most one buffer; closes the pipe at its end.</summary>
    /// <returns>The bytes taken.</returns>
    public int Read(byte[] buffer)
    {
        if (_pipe is null)
            return 0;
        int count = (int)LibC.Read(_pipe, ref buffer[0], buffer.Length);
        if (count > 0)
            Kept.Append(buffer.AsSpan(0, count));
        else if (count == 0 || Marshal.GetLastPInvokeError() is not (LibC.TryAgain or LibC.Interrupted))
            Dispose();
        return Math.Max(count, 0);
    }

    /// <summary>
    /// Takes what the program wrote before it ended. A child of it that goes on writing must not keep us here, so no more than a pipe can hold.
    /// </summary>
    public void Drain(byte[] buffer)
    {
        for (int drained = 0; drained < LargestPipe && Read(buffer) is > 0 and var count; drained += count)
        {
        }

        Kept.Complete();
    }

    public void Dispose()
    {
        _pipe?.Dispose();
        _pipe = null;
    }
}
