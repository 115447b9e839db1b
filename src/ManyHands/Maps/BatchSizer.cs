namespace ManyHands.Maps;

/// <summary>
/// Chooses how many tasks travel together from how long they were measured to take, so that nobody has to guess a chunk size. A batch
/// should take about <see cref="Target"/>: long enough to hide a round trip of tens of microseconds, far too short to delay first results.
/// Joblib's automatic batches work the same way, toward 0.2–2 s.
/// </summary>
/// <remarks>Told from several threads; asked from one.</remarks>
internal sealed class BatchSizer
{
    /// <summary>What one batch should take.</summary>
    public static readonly TimeSpan Target = TimeSpan.FromMilliseconds(10);

    /// <summary>The most tasks in one batch; more would hide nothing more.</summary>
    public const int MaxCount = 8192;

    // A batch may be this many times as large as the one measured before it: the first tasks may not be like the others.
    private const int Growth = 4;

    private readonly Lock _gate = new();
    private int _size = 1;

    /// <summary>Tasks that the next batch should hold.</summary>
    public int Size => Volatile.Read(ref _size);

    /// <summary>Learns from tasks that have ended.</summary>
    /// <param name="count">How many.</param>
    /// <param name="elapsed">What they took in all.</param>
    public void Measured(int count, TimeSpan elapsed)
    {
        double each = Math.Max(elapsed.Ticks, 1) / (double)count;
        double fitting = Target.Ticks / each;
        using (Uninterrupted.Hold(_gate))
        {
            int limit = Math.Min(count >= _size ? _size * Growth : _size, MaxCount);
            _size = (int)Math.Clamp(fitting, 1, limit);
        }
    }
}
