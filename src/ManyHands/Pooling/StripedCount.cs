namespace ManyHands.Pooling;

/// <summary>
/// A number that many threads add to all the time: each to a part of its own, in a cache line of its own, since one that they share would go
/// back and forth between the processors (bench/rivals, map).
/// </summary>
internal sealed class StripedCount
{
    private const int Stripes = 8;
    private const int LongsPerLine = 8;

    private readonly long[] _parts = new long[(Stripes + 1) * LongsPerLine];

    /// <summary>The sum. Exact for what was added before by whoever asks, and by those that it waited for.</summary>
    public long Value
    {
        get
        {
            long sum = 0;
            for (int i = 1; i <= Stripes; i++)
                sum += Interlocked.Read(ref _parts[i * LongsPerLine]);
            return sum;
        }
    }

    public void Add(int count) =>
        Interlocked.Add(ref _parts[((Environment.CurrentManagedThreadId % Stripes) + 1) * LongsPerLine], count);
}
