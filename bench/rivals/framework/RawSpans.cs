using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ManyHands.Rivals.Framework;

/// <summary>
/// 100 MB there and back between two processes and nothing else: the bytes of an array through a socket, in pieces of 1 MB, whole array by
/// whole array, as a task's argument and its result go. Each side makes the array it receives, since the receiver of a copy has none.
/// </summary>
internal static class RawSpans
{
    private const int Piece = 1 << 20;

    public static void Run()
    {
        string path = Path.Combine(Path.GetTempPath(), $"manyhands-bench-{Environment.ProcessId}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        using Process child = Process.Start(Environment.ProcessPath!, [typeof(RawSpans).Assembly.Location, "echo", path]);
        using Socket socket = listener.Accept();
        File.Delete(path);
        Widen(socket);

        double[] array = new double[Measure.Scaled(12_500_000)];
        array.AsSpan().Fill(1.5);
        double[] kept = new double[array.Length];
        Report(socket, "fresh", array, () => GC.AllocateUninitializedArray<double>(array.Length));
        Report(socket, "kept", array, () => kept);
        socket.Shutdown(SocketShutdown.Both);
        child.WaitForExit();
    }

    /// <summary>The other process: receives an array, sends it back.</summary>
    public static void Echo(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        Widen(socket);
        int[] head = new int[2];
        double[] kept = [];
        while (Receive(socket, MemoryMarshal.AsBytes(head.AsSpan())))
        {
            if (kept.Length != head[0])
                kept = new double[head[0]];
            double[] array = head[1] == 1 ? kept : GC.AllocateUninitializedArray<double>(head[0]);
            Receive(socket, MemoryMarshal.AsBytes(array.AsSpan()));
            Send(socket, MemoryMarshal.AsBytes(array.AsSpan()));
        }
    }

    private static void Report(Socket socket, string name, double[] array, Func<double[]> target)
    {
        var times = new List<double>();
        for (int i = -3; i < 7; i++)
        {
            long started = Stopwatch.GetTimestamp();
            int[] head = [array.Length, name == "kept" ? 1 : 0];
            Send(socket, MemoryMarshal.AsBytes(head.AsSpan()));
            Send(socket, MemoryMarshal.AsBytes(array.AsSpan()));
            double[] result = target();
            Receive(socket, MemoryMarshal.AsBytes(result.AsSpan()));
            if (i >= 0)
                times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (result[^1] != array[^1])
                throw new InvalidOperationException("The array came back changed.");
        }

        Measure.Report(name, Measure.Median(times));
    }

    private static void Widen(Socket socket) => (socket.SendBufferSize, socket.ReceiveBufferSize) = (Piece, Piece);

    private static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[socket.Send(bytes[..Math.Min(bytes.Length, Piece)])..];
    }

    private static bool Receive(Socket socket, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int read = socket.Receive(bytes[..Math.Min(bytes.Length, Piece)]);
            if (read == 0)
                return false;
            bytes = bytes[read..];
        }

        return true;
    }
}
