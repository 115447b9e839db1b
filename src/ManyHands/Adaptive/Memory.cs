namespace ManyHands.Adaptive;

/// <summary>How many worker processes the memory bears.</summary>
internal static class Memory
{
    // Below this nobody's memory is worth a look at how much is free.
    private const long Small = 256L << 20;

    /// <summary>The number of workers that fit.</summary>
    /// <param name="largest">Bytes of the largest worker; the others may become as large.</param>
    /// <param name="all">Bytes of all of them.</param>
    /// <param name="free">Bytes that are left; asked only where it matters.</param>
    public static int Fitting(long largest, long all, Func<long> free)
    {
        if (largest < Small || free() is var left && left > long.MaxValue / 2)
            return int.MaxValue;
        return (int)Math.Clamp(((left - (left / 8)) + all) / largest, 1, int.MaxValue); // an eighth is left to others
    }
}
