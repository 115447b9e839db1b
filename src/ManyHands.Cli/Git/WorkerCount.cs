namespace ManyHands.Cli.Git;

/// <summary>
/// How many repositories to pull at a time: cores × wall ÷ processor time, the number at which waiting for the network costs nothing and the processors
/// are just busy. Learnt while running; no clock in here.
/// </summary>
/// <remarks>
/// It begins with a few per core. Until the first results tell, it grows for as long as the processors are seen idle: if every repository is waiting
/// for a server, waiting with more of them is free.
/// </remarks>
internal sealed class WorkerCount(int cores, int? given)
{
    /// <summary>More than this gained nothing in any measurement, and each Git process takes 5 MB and a connection.</summary>
    public const int Most = 64;

    private const int ResultsThatTell = 3;

    private TimeSpan _wall;
    private TimeSpan _cpu;
    private int _results;

    /// <summary>The number at this moment.</summary>
    public int Current { get; private set; } = given ?? Math.Min(Most, 4 * cores);

    /// <summary>Whether it would still react to idle processors.</summary>
    public bool IsGuessing => given is null && _results < ResultsThatTell && Current < Most;

    /// <summary>Whether one more may start beside so many, of which so many are stragglers.</summary>
    public bool HasRoom(int running, int stragglers) => given is { } fixedNumber
        ? running < fixedNumber
        : running < Most && running - stragglers < Current;

    /// <summary>
    /// Whether a repository takes so much longer than the finished ones that it must be waiting for a server that hardly answers. Those do not count:
    /// a few of them would hold up all the rest until their timeout.
    /// </summary>
    public bool IsStraggler(TimeSpan time) =>
        _results >= ResultsThatTell && time > TimeSpan.FromMilliseconds(100) && time > 4 * (_wall / _results);

    /// <summary>Takes what one repository cost.</summary>
    public void Learn(TimeSpan wall, TimeSpan cpu)
    {
        _results++;
        _wall += wall;
        _cpu += cpu;
        if (given is null && _results >= ResultsThatTell && _cpu > TimeSpan.Zero)
            Current = (int)Math.Clamp(Math.Round(cores * (_wall / _cpu)), Math.Max(2, cores), Most);
    }

    /// <summary>Takes how idle the processors have been since the last call, 0 to 1.</summary>
    public void SeeIdle(double share)
    {
        if (IsGuessing && share > 0.3)
            Current = Math.Min(Most, Current + (2 * cores));
    }
}
