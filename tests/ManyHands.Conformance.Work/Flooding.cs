using System.Runtime.InteropServices;
using ManyHands.Platform.Linux;
using ManyHands.Transports;

namespace ManyHands.Conformance.Work;

/// <summary>Work that writes into its worker's own connection, where only the library may write.</summary>
public static class Flooding
{
    private static LaneMemory? _memory;

    /// <summary>Writes the bytes when the gate opens, and exits.</summary>
    public static int WriteAndExit((Gate Gate, byte[] Bytes) order)
    {
        Func<byte[], bool> lane = Lane();
        order.Gate.Pass();
        lane(order.Bytes);
        Crashing.ExitNow(0);
        return 0;
    }

    /// <summary>Writes the bytes again and again, as long as somebody takes them.</summary>
    public static int WriteForEver((Gate Gate, byte[] Bytes) order)
    {
        Func<byte[], bool> lane = Lane();
        order.Gate.Open();
        order.Gate.Pass();
        while (lane(order.Bytes))
        {
        }

        return 0;
    }

    /// <summary>Closes every connection of its worker, and waits for ever.</summary>
    public static int CutConnections(Gate gate)
    {
        foreach (int socket in Sockets())
            _ = close(socket);
        gate.Pass();
        return 0;
    }

    /// <summary>What writes to the lane: into the memory that is inherited as descriptor 4, or the socket that was opened after that for control.</summary>
    private static Func<byte[], bool> Lane()
    {
        const int memoryDescriptor = 4, duplicate = 1030;
        if (new FileInfo($"/proc/self/fd/{memoryDescriptor}").LinkTarget?.Contains("memfd", StringComparison.Ordinal) == true)
        {
            var memory = LaneMemory.Open(new FileDescriptor(LibC.Fcntl(memoryDescriptor, duplicate, 0)), lanes: 1);
            Connection lane = memory.WorkerEnd(0);
            _memory = memory; // mapped as long as somebody writes
            return bytes => lane.Send(bytes);
        }

        int socket = Sockets().Max();
        return bytes => Write(socket, bytes);
    }

    private static int[] Sockets() => [.. Directory.GetFiles("/proc/self/fd")
        .Where(link => new FileInfo(link).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true)
        .Select(link => int.Parse(Path.GetFileName(link), System.Globalization.CultureInfo.InvariantCulture))];

    private static unsafe bool Write(int descriptor, byte[] bytes)
    {
        fixed (byte* first = bytes)
            return write(descriptor, first, bytes.Length) == bytes.Length;
    }

    [DllImport("libc")]
    private static extern int close(int descriptor);

    [DllImport("libc")]
    private static extern unsafe nint write(int descriptor, void* bytes, nint count);
}
