using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ManyHands.Chaos.Boards;
using ManyHands.Platform.Linux;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Chaos.Victims;

/// <summary>All the ways in which a worker ends itself, or asks to be ended.</summary>
internal static unsafe class Death
{
    private const int Kill = 9;
    private const int Stop = 19;
    private const int ShutdownBoth = 2;
    private const int Control = 3;
    private const int SharedMemory = 4;
    private const int MostDescriptors = 1024;
    private const int Duplicate = 1030; // F_DUPFD_CLOEXEC

    private static readonly ManualResetEvent _never = new(initialState: false);

    /// <summary>Notes that it comes, and goes on until the timer ends the process.</summary>
    public static void ComeLater(ref WorkerRecord record)
    {
        const int realTime = 0, most = 300;
        long* timer = stackalloc long[] { 0, 0, 0, 1 + (Clock.Now % most) }; // interval, first: seconds and microseconds
        record.Struck = Clock.Now;
        _ = setitimer(realTime, timer, null);
    }

    /// <summary>Notes that it comes, and dies; does not return.</summary>
    public static void Come(ref WorkerRecord record, Way way)
    {
        if (way is Way.KillFromOutside or Way.StopThenKill)
        {
            record.Wish = way;
            _never.WaitOne(TimeSpan.FromSeconds(30));
        }

        if (record.Struck == 0)
            record.Struck = Clock.Now;
        if (way == Way.Exit && record.Phase == Moment.Retiring)
            way = Way.ExitNow; // Exit is running already
        Die(way);

        // Not every way ends a process at once, and some only where the parent notices.
        _never.WaitOne(TimeSpan.FromSeconds(2));
        _ = kill(Environment.ProcessId, Kill);
        _never.WaitOne();
    }

    private static void Die(Way way)
    {
        switch (way)
        {
            case Way.Abort:
                abort();
                break;
            case Way.Fault:
                memset((void*)0x10, 1, 1);
                break;
            case Way.Exit:
#pragma warning disable RS0030 // That is the point.
                Environment.Exit(0);
#pragma warning restore RS0030
                break;
            case Way.ExitNow:
                _exit(0);
                break;
            case Way.FailFast:
                Environment.FailFast("chaos");
                break;
            case Way.StackOverflow:
                new Thread(() => Overflow(0), 128 * 1024).Start(); // a small stack, for it prints every frame
                break;
            case Way.EndControl:
                _ = shutdown(Control, ShutdownBoth);
                break;
            case Way.CloseAll:
                for (int descriptor = Control; descriptor < MostDescriptors; descriptor++)
                    _ = close(descriptor);
                break;
            case Way.Garbage:
                using (LaneMemory memory = OpenMemory())
                    memory.WorkerEnd(0).Send(Enumerable.Repeat((byte)0xFF, 64).ToArray());
                break;
            case Way.Scribble:
                using (LaneMemory memory = OpenMemory())
                    Volatile.Write(ref BytesWritten(memory), -1);
                break;
            case Way.SpoilRings:
                SpoilRings();
                break;
            case Way.EndMarks:
                EachMark(static word => Claim.Begun(word) > 0 && Claim.Begun(word) < Claim.End(word) ? Claim.WithEnd(word, Claim.Begun(word)) : word);
                break;
            case Way.MarkAhead:
                EachMark(static word => word + ((long)(Claim.End(word) - Claim.Begun(word)) << 16));
                break;
            case Way.HideMarks:
                EachMark(static word => word & ~0xFFFF0000L);
                _ = kill(Environment.ProcessId, Kill);
                break;
            case Way.FloodPongs:
                new Thread(FloodPongs, 256 * 1024) { IsBackground = true }.Start();
                break;
            case Way.StopAtBirth:
                _ = kill(Environment.ProcessId, Stop);
                break;
            default:
                _ = kill(Environment.ProcessId, Kill);
                break;
        }
    }

    private static void SpoilRings()
    {
        using LaneMemory memory = OpenMemory();
        for (int i = 0; i < 1000; i++)
        {
            int line = Random.Shared.Next(4) * ByteRing.CacheLine / sizeof(long); // written, read, and the words of who waits
            ref long word = ref Unsafe.Add(ref memory.Mark(0, 0), LaneMemory.Slots + (Random.Shared.Next(2) * ByteRing.MemorySize / sizeof(long)) + line);
            Volatile.Write(ref word, Random.Shared.Next(4) switch
            {
                0 => Random.Shared.NextInt64(long.MinValue, long.MaxValue),
                1 => Random.Shared.Next(-1, 4),
                2 => word ^ (1L << Random.Shared.Next(64)),
                _ => word + Random.Shared.Next(-ByteRing.MemorySize, ByteRing.MemorySize),
            });
        }
    }

    private static void EachMark(Func<long, long> lie)
    {
        using LaneMemory memory = OpenMemory();
        for (int slot = 0; slot < LaneMemory.Slots; slot++)
        {
            ref long mark = ref memory.Mark(0, slot);
            long word = Volatile.Read(ref mark);
            Interlocked.CompareExchange(ref mark, lie(word), word);
        }
    }

    private static void FloodPongs()
    {
        byte[] pong = new byte[FrameHeader.Size];
        new FrameHeader(FrameKind.Pong, Number: -1).Write(pong);
        byte[] flood = [.. Enumerable.Repeat(pong, 1000).SelectMany(frame => frame)];
        using var control = new SocketPairConnection(new FileDescriptor(fcntl(Control, Duplicate, 0)));
        while (control.Send(flood))
        {
        }
    }

    private static int Overflow(int depth) => Overflow(depth + 1) + depth;

    private static LaneMemory OpenMemory() => LaneMemory.Open(new FileDescriptor(fcntl(SharedMemory, Duplicate, 0)), lanes: 1);

    // Behind the marks and the ring to the worker lies the ring from it, and what it counts as written comes first.
    private static ref long BytesWritten(LaneMemory memory) =>
        ref Unsafe.Add(ref memory.Mark(0, 0), LaneMemory.Slots + (ByteRing.MemorySize / sizeof(long)));

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);

    [DllImport("libc")]
    private static extern void abort();

    [DllImport("libc")]
    private static extern void* memset(void* target, int value, nint count);

    [DllImport("libc")]
    private static extern void _exit(int code);

    [DllImport("libc")]
    private static extern int shutdown(int socket, int how);

    [DllImport("libc")]
    private static extern int close(int descriptor);

    [DllImport("libc")]
    private static extern int fcntl(int descriptor, int command, int argument);

    [DllImport("libc")]
    private static extern int setitimer(int which, long* timer, void* former);
}
