using System.Runtime.InteropServices;
using ManyHands.Platform.Linux;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Conformance.Work;

/// <summary>Work that writes lies into the memory and the connection that its worker shares with the caller. For workers with one lane.</summary>
public static unsafe class Lying
{
    private const int ControlDescriptor = 3, MemoryDescriptor = 4, Duplicate = 1030;

    private static readonly ManualResetEvent _never = new(initialState: false);

    /// <summary>Says at one item that no more of its batch may begin.</summary>
    public static int EndBatch((int Number, int At) item)
    {
        if (item.Number == item.At)
            EachMark(static word => Claim.Begun(word) > 0 && Claim.Begun(word) < Claim.End(word) ? Claim.WithEnd(word, Claim.Begun(word)) : word);
        return item.Number;
    }

    /// <summary>Says that what lies behind it has begun, again and again, and never ends.</summary>
    public static int PassOn(string begun)
    {
        while (true)
        {
            EachMark(static word => Claim.Begun(word) == 0 && Claim.End(word) == 1 ? word + (1L << 16) : word);
            File.WriteAllText(begun, "");
        }
    }

    /// <summary>Says that nothing has begun, and dies.</summary>
    public static int HideAndDie(int ignored)
    {
        EachMark(static word => word & ~0xFFFF0000L);
        _exit(0);
        return ignored;
    }

    /// <summary>Says of what lies behind it that it is another item's, so that the lane passes over it.</summary>
    public static int Orphan(int milliseconds)
    {
        _never.WaitOne(milliseconds);
        EachMark(static word => Claim.Begun(word) == 0 && Claim.End(word) == 1 ? word + (1L << 32) : word);
        return milliseconds;
    }

    /// <summary>Answers questions that nobody has asked, without end.</summary>
    public static int FloodPongs(int ignored)
    {
        int[] pair = new int[2];
        int control = LibC.Fcntl(ControlDescriptor, Duplicate, 0);
        _ = LibC.SocketPair(LibC.UnixDomain, LibC.StreamSocket, 0, ref pair[0]);
        _ = dup2(pair[0], ControlDescriptor); // the true answers go nowhere
        byte[] pong = new byte[FrameHeader.Size];
        new FrameHeader(FrameKind.Pong, Number: -1).Write(pong);
        byte[] flood = [.. Enumerable.Repeat(pong, 1000).SelectMany(frame => frame)];
        using var connection = new SocketPairConnection(new FileDescriptor(control));
        while (connection.Send(flood))
        {
        }

        return ignored;
    }

    /// <summary>Reaps whatever child there is, for ever, as native libraries do.</summary>
    public static void ReapAll()
    {
        while (true)
        {
            if (waitpid(-1, out _, 0) < 0)
                _never.WaitOne(1);
        }
    }

    private static void EachMark(Func<long, long> change)
    {
        using LaneMemory memory = LaneMemory.Open(new FileDescriptor(LibC.Fcntl(MemoryDescriptor, Duplicate, 0)), lanes: 1);
        for (int slot = 0; slot < LaneMemory.Slots; slot++)
        {
            long word = Volatile.Read(ref memory.Mark(0, slot)), other = change(word);
            if (other != word)
                Interlocked.CompareExchange(ref memory.Mark(0, slot), other, word);
        }
    }

    [DllImport("libc")]
    private static extern int dup2(int from, int to);

    [DllImport("libc")]
    private static extern int waitpid(int pid, out int status, int options);

    [DllImport("libc")]
    private static extern void _exit(int code);
}
