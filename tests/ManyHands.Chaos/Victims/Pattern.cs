using System.Numerics;
using System.Runtime.InteropServices;

namespace ManyHands.Chaos.Victims;

/// <summary>Bytes for arguments, and a sum over bytes that notices when some are missing, moved or changed.</summary>
internal static class Pattern
{
    /// <summary>The most bytes of one argument.</summary>
    public const int MaxSize = 1 << 20;

    private const int Offsets = 4096;

    private static readonly Lazy<byte[]> _bytes = new(() =>
    {
        byte[] bytes = new byte[MaxSize + Offsets];
        new Random(20).NextBytes(bytes);
        return bytes;
    });

    /// <summary>The data of a task: nearly each task has other bytes than its neighbours.</summary>
    public static ReadOnlyMemory<byte> Of(int task, int size) => _bytes.Value.AsMemory(task % Offsets, size);

    public static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = (ulong)bytes.Length;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words)
            sum = (BitOperations.RotateLeft(sum, 5) ^ word) * 0x9E3779B97F4A7C15;
        foreach (byte one in bytes[(words.Length * sizeof(ulong))..])
            sum = (sum * 31) + one;
        return sum;
    }
}
