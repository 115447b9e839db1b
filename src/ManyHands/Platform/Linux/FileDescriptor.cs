using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ManyHands.Platform.Linux;

/// <summary>An open descriptor, close-on-exec, closed once and never while a call still uses it.</summary>
internal sealed class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    public FileDescriptor(int descriptor) : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>A connected pair of stream sockets.</summary>
    public static (FileDescriptor Ours, FileDescriptor Theirs) SocketPair()
    {
        Span<int> pair = stackalloc int[2];
        Check(LibC.SocketPair(LibC.UnixDomain, LibC.StreamSocket | LibC.SocketCloseOnExec, 0, ref pair[0]), "socketpair");
        return (new FileDescriptor(pair[0]), new FileDescriptor(pair[1]));
    }

    /// <summary>A pipe.</summary>
    public static (FileDescriptor Read, FileDescriptor Write) Pipe()
    {
        Span<int> pair = stackalloc int[2];
        Check(LibC.Pipe(ref pair[0], LibC.OpenCloseOnExec), "pipe2");
        return (new FileDescriptor(pair[0]), new FileDescriptor(pair[1]));
    }

    /// <summary>A file to read from, at its beginning. Never waits, as the opening of a named pipe would.</summary>
    /// <exception cref="Win32Exception">It is not there, may not be read, or is no file but a pipe or a terminal.</exception>
    public static unsafe FileDescriptor OpenToRead(string path)
    {
        byte[] name = [.. System.Text.Encoding.UTF8.GetBytes(path), 0];
        fixed (byte* first = name)
        {
            int descriptor = LibC.Open(first, LibC.OpenCloseOnExec | LibC.OpenNonBlocking);
            if (descriptor < 0)
                throw Error($"opening '{path}'");
            const int setFlags = 4, fromHere = 1;
            var file = new FileDescriptor(descriptor);
            if (LibC.Seek(file, 0, fromHere) >= 0 && LibC.Fcntl(descriptor, setFlags, 0) >= 0)
                return file;
            file.Dispose();
            throw new Win32Exception($"'{path}' is a pipe or a terminal, which can be read only once");
        }
    }

    /// <summary>This process's current folder, even if it has been deleted; null if the system does not give it.</summary>
    public static unsafe FileDescriptor? OfCurrentFolder()
    {
        const int pathOnly = 0x200000;
        fixed (byte* here = "."u8)
        {
            int descriptor = LibC.Open(here, pathOnly | LibC.OpenCloseOnExec);
            return descriptor < 0 ? null : new FileDescriptor(descriptor);
        }
    }

    /// <summary>Closes the descriptor in programs that this process starts. Inherited descriptors do not have this from birth.</summary>
    public static void CloseOnExec(int descriptor)
    {
        // F_SETFD with FD_CLOEXEC.
        if (LibC.Fcntl(descriptor, 2, 1) < 0)
            throw Error("fcntl");
    }

    /// <summary>Reads what is there, at least one byte; 0 at the end. Interrupted calls are repeated.</summary>
    /// <exception cref="Win32Exception">The system refused.</exception>
    public int Read(Span<byte> buffer)
    {
        while (true)
        {
            nint read = LibC.Read(this, ref MemoryMarshal.GetReference(buffer), buffer.Length);
            if (read >= 0)
                return (int)read;
            if (Marshal.GetLastPInvokeError() != LibC.Interrupted)
                throw Error("read");
        }
    }

    /// <summary>Bytes that can be read without waiting.</summary>
    public int Available
    {
        get
        {
            const nuint readable = 0x541B; // FIONREAD
            return LibC.Control(this, readable, out int count) == 0 ? count : 0;
        }
    }

    /// <summary>The last system error as an exception that names the call.</summary>
    public static Win32Exception Error(string call)
    {
        int error = Marshal.GetLastPInvokeError();
        return new Win32Exception(error, $"{call} failed: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})");
    }

    protected override bool ReleaseHandle() => LibC.Close((int)handle) == 0;

    private static void Check(int result, string call)
    {
        if (result < 0)
            throw Error(call);
    }
}
