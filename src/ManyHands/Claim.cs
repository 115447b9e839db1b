namespace ManyHands;

/// <summary>
/// The begun mark: one 64-bit word per work item that says how far it has begun and how far it may go, so that "has begun" and
/// "was taken back" exclude each other without a lock, within a process and, in shared memory, between two.
/// </summary>
/// <remarks>
/// Layout: generation (32 bits) | next to begin (16) | end (16). Whoever executes moves <c>next</c> up by one before each item; whoever
/// takes back moves <c>end</c> down. Both are compare-exchanges on the same word, so each item is won by exactly one side. The generation
/// makes a word reusable: a claim on an older generation fails.
/// </remarks>
internal static class Claim
{
    /// <summary>The most items that one word can count.</summary>
    public const int MaxCount = ushort.MaxValue;

    /// <summary>A fresh word: nothing begun, all <paramref name="count"/> items allowed.</summary>
    public static long Open(uint generation, int count) => ((long)generation << 32) | (uint)count;

    /// <summary>How many items have begun.</summary>
    public static int Begun(long word) => (int)((word >> 16) & 0xFFFF);

    /// <summary>How many items may begin in all.</summary>
    public static int End(long word) => (int)(word & 0xFFFF);

    /// <summary>The same word with another end.</summary>
    public static long WithEnd(long word, int end) => (word & ~0xFFFFL) | (uint)end;

    /// <summary>Claims the next item for execution.</summary>
    /// <returns>False where none is left, or the word has moved on to another generation.</returns>
    public static bool TryBegin(ref long word, uint generation, out int index)
    {
        long seen = Volatile.Read(ref word);
        while ((uint)(seen >> 32) == generation && Begun(seen) < End(seen))
        {
            long before = Interlocked.CompareExchange(ref word, seen + (1L << 16), seen);
            if (before == seen)
            {
                index = Begun(seen);
                return true;
            }

            seen = before;
        }

        index = -1;
        return false;
    }

    /// <summary>Takes back what has not begun, but for the next <paramref name="leave"/> items.</summary>
    /// <returns>The index from which on the items belong to the caller again: the old end where there was nothing to take.</returns>
    public static int TakeBack(ref long word, int leave = 0)
    {
        long seen = Volatile.Read(ref word);
        while (true)
        {
            int cut = Math.Min(Begun(seen) + leave, End(seen));
            long before = Interlocked.CompareExchange(ref word, WithEnd(seen, cut), seen);
            if (before == seen)
                return cut;
            seen = before;
        }
    }
}
