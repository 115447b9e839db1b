using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace ManyHands.Platform.Linux;

/// <summary>
/// Starts a program with posix_spawn: in a session of its own (so that Ctrl-C reaches it only through us), every signal at its default,
/// only the named descriptors open. System.Diagnostics.Process can do none of these on Linux.
/// </summary>
/// <remarks>Blocks its caller until the child has called exec, about 1–3 ms.</remarks>
internal static unsafe class PosixSpawn
{
    private const short SetSignalDefaults = 0x04;
    private const short SetSignalMask = 0x08;
    private const short NewSession = 0x80;

    // glibc: sizeof(posix_spawn_file_actions_t) is 80, posix_spawnattr_t 336, sigset_t 128.
    private const int OpaqueSize = 512;

    // addclosefrom_np came with glibc 2.34. Without it close-on-exec, which all our descriptors carry, has to do.
    private static bool _hasCloseFrom = true;

    /// <summary>Starts the program and returns its process id; the caller must reap it.</summary>
    /// <exception cref="Win32Exception">The program cannot be started; NativeErrorCode tells why (2: no such file, 13: not executable, 11: no process left).</exception>
    public static int Start(SpawnRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ChildSignal.MakeWaitable();
        byte* actions = stackalloc byte[OpaqueSize];
        byte* attributes = stackalloc byte[OpaqueSize];
        byte* signals = stackalloc byte[128];
        var moved = new List<FileDescriptor>();
        var texts = new List<nint>();
        Check(LibC.FileActionsInit(actions));
        Check(LibC.AttributesInit(attributes));
        try
        {
            if (request.WorkingDirectoryDescriptor is { } folder)
                Check(LibC.FileActionsAddChangeDirectory(actions, folder)); // before its number is given to another
            AddDescriptors(actions, request, moved, texts);
            if (request.WorkingDirectory is { } directory)
                Check(LibC.FileActionsAddChangeDirectory(actions, Text(directory, texts)));

            new Span<byte>(signals, 128).Fill(0xFF);
            Check(LibC.AttributesSetDefaultSignals(attributes, signals));
            new Span<byte>(signals, 128).Clear();
            Check(LibC.AttributesSetSignalMask(attributes, signals));
            Check(LibC.AttributesSetFlags(attributes, SetSignalDefaults | SetSignalMask | NewSession));

            byte** arguments = stackalloc byte*[request.Arguments.Count + 2];
            arguments[0] = Text(request.Program, texts);
            for (int i = 0; i < request.Arguments.Count; i++)
                arguments[i + 1] = Text(request.Arguments[i], texts);
            arguments[request.Arguments.Count + 1] = null;

            byte** environment = stackalloc byte*[request.Environment.Count + 1];
            int count = 0;
            foreach (var (name, value) in request.Environment)
                environment[count++] = Text($"{name}={value}", texts);
            environment[count] = null;

            int error = LibC.SpawnOnPath(out int pid, arguments[0], actions, attributes, arguments, environment);
            if (error != 0)
                throw new Win32Exception(error, $"Cannot start '{request.Program}': {Marshal.GetPInvokeErrorMessage(error)} (errno {error}).");
            return pid;
        }
        finally
        {
            _ = LibC.FileActionsDestroy(actions);
            _ = LibC.AttributesDestroy(attributes);
            moved.ForEach(descriptor => descriptor.Dispose());
            texts.ForEach(Marshal.FreeHGlobal);
        }
    }

    private static void AddDescriptors(void* actions, SpawnRequest request, List<FileDescriptor> moved, List<nint> texts)
    {
        int first = 3 + request.Inherited.Count;
        if (request.StandardInput is null)
            Check(LibC.FileActionsAddOpen(actions, 0, Text("/dev/null", texts), 0, 0));
        Add(request.StandardInput, 0);
        Add(request.StandardOutput, 1);
        Add(request.StandardError, 2);
        for (int i = 0; i < request.Inherited.Count; i++)
            Add(request.Inherited[i], 3 + i);

        try
        {
            if (_hasCloseFrom)
                Check(LibC.FileActionsAddCloseFrom(actions, first));
        }
        catch (EntryPointNotFoundException)
        {
            _hasCloseFrom = false;
        }

        void Add(FileDescriptor? descriptor, int target)
        {
            if (descriptor is null)
                return;

            // A source below `first` could be overwritten by an earlier dup2, so it moves out of the way. F_DUPFD_CLOEXEC is 1030.
            int source = (int)descriptor.DangerousGetHandle();
            if (source < first)
            {
                source = LibC.Fcntl(source, 1030, first);
                if (source < 0)
                    throw FileDescriptor.Error("fcntl");
                moved.Add(new FileDescriptor(source));
            }

            Check(LibC.FileActionsAddDup2(actions, source, target));
        }
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new Win32Exception(error);
    }

    private static byte* Text(string text, List<nint> texts)
    {
        if (text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("Arguments, paths and environment variables cannot contain a NUL character.");
        int length = Encoding.UTF8.GetByteCount(text);
        nint memory = Marshal.AllocHGlobal(length + 1);
        texts.Add(memory);
        Encoding.UTF8.GetBytes(text, new Span<byte>((void*)memory, length));
        ((byte*)memory)[length] = 0;
        return (byte*)memory;
    }
}
