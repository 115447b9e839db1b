using System.Runtime.InteropServices;

namespace ManyHands.Platform.Linux;

/// <summary>The system calls that Linux back ends use, with the constants of the x86-64 and arm64 ABIs (asm-generic).</summary>
internal static unsafe class LibC
{
    public const int UnixDomain = 1;
    public const int StreamSocket = 1;
    public const int SocketCloseOnExec = 0x80000;
    public const int OpenCloseOnExec = 0x80000;
    public const int OpenNonBlocking = 0x800;

    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int NoChild = 10;
    public const int NoProcess = 3;

    public const int SignalInterrupt = 2;
    public const int SignalKill = 9;
    public const int SignalTerminate = 15;
    public const int SignalChild = 17;
    public const int SignalStop = 19;

    public const int MessageDontWait = 0x40;
    public const int MessageNoSignal = 0x4000;

    public const int WaitExited = 4;
    public const int WaitNoReap = 0x01000000;

    public const short PollIn = 1;
    public const short PollOut = 4;

    /// <summary>struct timespec of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpecification
    {
        public long Seconds, Nanoseconds;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>struct rusage of 64-bit Linux; the fields after the block counts are kept as reserve.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceUsage
    {
        public long UserSeconds, UserMicroseconds, SystemSeconds, SystemMicroseconds;
        public long MaxResidentKiB, SharedText, UnsharedData, UnsharedStack;
        public long MinorFaults, MajorFaults, Swaps, BlocksIn, BlocksOut;
        public long MessagesSent, MessagesReceived, Signals, VoluntarySwitches, InvoluntarySwitches;
    }

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    public static extern int Close(int descriptor);

    [DllImport("libc", EntryPoint = "read", SetLastError = true)]
    public static extern nint Read(FileDescriptor descriptor, ref byte buffer, nint count);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    public static extern nint Write(FileDescriptor descriptor, ref readonly byte buffer, nint count);

    [DllImport("libc", EntryPoint = "send", SetLastError = true)]
    public static extern nint Send(FileDescriptor descriptor, ref readonly byte buffer, nint count, int flags);

    [DllImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static extern nint Receive(FileDescriptor descriptor, ref byte buffer, nint count, int flags);

    [DllImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    public static extern int Shutdown(FileDescriptor descriptor, int how);

    [DllImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    public static extern int SocketPair(int domain, int type, int protocol, ref int pair);

    [DllImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static extern int SetSocketOption(FileDescriptor descriptor, int level, int option, ref readonly int value, int length);

    [DllImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static extern int Pipe(ref int pair, int flags);

    [DllImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static extern int Fcntl(int descriptor, int command, int argument);

    [DllImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static extern int Poll(PollEntry* entries, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static extern int Control(FileDescriptor descriptor, nuint request, out int value);

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static extern int EpollCreate(int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static extern int EpollControl(FileDescriptor descriptor, int operation, FileDescriptor watched, void* entry);

    // Never waits, so the collector may wait for it.
    [DllImport("libc", EntryPoint = "epoll_wait"), SuppressGCTransition]
    public static extern int EpollWait(int descriptor, void* entries, int count, int milliseconds);

    [DllImport("libc", EntryPoint = "setvbuf")]
    public static extern int SetBuffer(nint stream, void* buffer, int mode, nuint size);

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static extern int Kill(int pid, int signal);

    [DllImport("libc", EntryPoint = "getppid")]
    public static extern int GetParentPid();

    [DllImport("libc", EntryPoint = "clock_gettime")]
    public static extern int ClockTime(int clock, out TimeSpecification time);

    [DllImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static extern int WaitId(int idType, int id, byte* info, int options);

    [DllImport("libc", EntryPoint = "wait4", SetLastError = true)]
    public static extern int Wait4(int pid, out int status, int options, out ResourceUsage usage);

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static extern int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);

    [DllImport("libc", EntryPoint = "signal", SetLastError = true)]
    public static extern nint Signal(int signal, nint handler);

    [DllImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    public static extern int SignalAction(int signal, void* action, void* oldAction);

    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static extern nint SystemCall(nint number, nint argument1, nint argument2);

    [DllImport("libc", EntryPoint = "syscall")]
    public static extern nint FutexCall(nint number, int* word, nint operation, nint value, long* time);

    [DllImport("libc", EntryPoint = "memfd_create", SetLastError = true)]
    public static extern int MemoryFile(byte* name, uint flags);

    [DllImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static extern int Truncate(FileDescriptor descriptor, long length);

    [DllImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static extern int Allocate(FileDescriptor descriptor, int mode, long offset, long length);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    public static extern int Open(byte* path, int flags);

    [DllImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static extern long Seek(FileDescriptor descriptor, long offset, int origin);

    [DllImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static extern nint Map(nint address, nuint length, int protection, int flags, int descriptor, long offset);

    [DllImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static extern int Unmap(nint address, nuint length);

    [DllImport("libc", EntryPoint = "posix_spawnp")]
    public static extern int SpawnOnPath(out int pid, byte* program, void* fileActions, void* attributes, byte** arguments, byte** environment);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static extern int FileActionsInit(void* actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static extern int FileActionsDestroy(void* actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static extern int FileActionsAddDup2(void* actions, int from, int to);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")]
    public static extern int FileActionsAddOpen(void* actions, int descriptor, byte* path, int flags, uint mode);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    public static extern int FileActionsAddChangeDirectory(void* actions, byte* path);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_addfchdir_np")]
    public static extern int FileActionsAddChangeDirectory(void* actions, FileDescriptor folder);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static extern int FileActionsAddCloseFrom(void* actions, int from);

    [DllImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static extern int AttributesInit(void* attributes);

    [DllImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static extern int AttributesDestroy(void* attributes);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static extern int AttributesSetFlags(void* attributes, short flags);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static extern int AttributesSetDefaultSignals(void* attributes, void* signals);

    [DllImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static extern int AttributesSetSignalMask(void* attributes, void* signals);

    [DllImport("libc", EntryPoint = "_exit")]
    public static extern void ExitNow(int code);
}
