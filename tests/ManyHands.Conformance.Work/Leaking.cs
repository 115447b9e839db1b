namespace ManyHands.Conformance.Work;

/// <summary>Work that keeps what it takes.</summary>
public static class Leaking
{
    private static readonly List<byte[]> _kept = [];

    /// <summary>Keeps that many bytes for as long as the worker lives, and gives the worker's process id.</summary>
    public static int Keep(int bytes)
    {
        byte[] block = new byte[bytes];
        Array.Fill(block, (byte)1);
        _kept.Add(block);
        return Environment.ProcessId;
    }

    /// <summary>Makes that many bytes of garbage, each piece small, and gives the worker's process id.</summary>
    public static int Litter(int bytes)
    {
        byte[][] kept = new byte[1000][];
        for (int i = 0; i < bytes / 1000; i++)
            kept[i % kept.Length] = new byte[1000];
        GC.KeepAlive(kept);
        return Environment.ProcessId;
    }

    /// <summary>As <see cref="Keep"/>, outside of the managed heap; and then takes its time.</summary>
    public static unsafe int KeepNatively(int bytes)
    {
        void* block = System.Runtime.InteropServices.NativeMemory.Alloc((nuint)bytes);
        new Span<byte>(block, bytes).Fill(1);
        return Waiting.For(5000);
    }
}
