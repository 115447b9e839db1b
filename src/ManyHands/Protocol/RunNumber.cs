namespace ManyHands.Protocol;

/// <summary>The number in the header of Run and RunBatch: generation (32 bits), index of the context (16), index of the work (16).</summary>
internal readonly record struct RunNumber(uint Generation, ushort Work, ushort Context)
{
    public static RunNumber Read(long number) => new((uint)(number >> 32), (ushort)number, (ushort)(number >> 16));

    public long ToInt64() => ((long)Generation << 32) | ((uint)Context << 16) | Work;
}
