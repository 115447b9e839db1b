using System.Globalization;

namespace ManyHands.Adaptive;

/// <summary>
/// Finds out how many tasks of waiting work should run at once, from what was measured while all workers were busy: more while throughput rises, fewer as
/// long as it does not fall, since more than that only wait for one another. No clock, no threads.
/// </summary>
/// <remarks>
/// While all n workers are busy a task takes n / throughput (Little's law), so when throughput stays and n doubles, latency has doubled. The least that is
/// needed for a throughput is throughput × the latency of a task that nobody is in the way of; the search for fewer ends at half as many more. TCP's BBR works alike.
/// </remarks>
/// <param name="first">Workers at first.</param>
/// <param name="least">The fewest workers.</param>
/// <param name="most">The most workers.</param>
/// <param name="taskTime">How long a task takes when nobody is in its way; zero where unknown: then what it takes at first has to do.</param>
internal sealed class ConcurrencyController(int first, int least, int most, TimeSpan taskTime)
{
    // Twice the workers must bring this much, or they are not worth what they ask of others.
    private const double Gain = 1.10;

    // A little more, later on: what it brings is near the noise.
    private const double SmallGain = 1.05;
    private const double SmallStep = 1.25;

    // Fewer are as good, within the noise.
    private const double AsGood = 0.97;

    // So near to what n workers bring that do not hinder each other that many more may be tried at once.
    private const double Unhindered = 0.8;

    // What computes in between bends long before it is flat, and the other cores may be busy: a little more than what is needed at least.
    private const double Reserve = 1.5;

    // Something has changed, and all that was known is void.
    private const double Fallen = 0.7, Risen = 1.4;

    // Measurements without news after which a few more are tried: what is asked may have become faster.
    private const int Patience = 16;

    private TimeSpan _taskTime = taskTime;
    private Phase _phase;
    private Point _best;
    private int _held;
    private bool _isInDoubt;

    private enum Phase
    {
        Growing,
        Shrinking,
        Trying,
        Holding,
    }

    /// <summary>Workers that should be there.</summary>
    public int Workers { get; private set; } = Math.Min(first, most);

    /// <summary>Tasks that a measurement needs to mean something, and the time it has to take.</summary>
    public (int Tasks, TimeSpan Time) Wanted => _phase == Phase.Growing
        ? (Math.Max(Workers, 8), TimeSpan.FromMilliseconds(5))
        : (Workers * 4, TimeSpan.FromMilliseconds(200));

    /// <summary>What it knows, for people; empty while that is nothing.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>Learns how many tasks ended while <see cref="Workers"/> were all busy.</summary>
    public void Measured(long tasks, TimeSpan elapsed)
    {
        var now = new Point(Workers, tasks / elapsed.TotalSeconds);
        switch (_phase)
        {
            case Phase.Growing:
                Grow(now);
                break;
            case Phase.Shrinking when now.Rate >= _best.Rate * AsGood:
                _best = now with { Rate = _best.Rate }; // each is measured against the best there was, or many small losses would add up
                Explain(now, "fewer do as well");
                Shrink(Workers * 0.8);
                break;
            case Phase.Shrinking when Workers * 1.4 < _best.Workers:
                Workers = (Workers + _best.Workers) / 2; // it started too low
                break;
            case Phase.Shrinking:
                Explain(_best, $"{Workers} end fewer");
                Hold(_best);
                break;
            case Phase.Trying when now.Rate >= _best.Rate * SmallGain:
                _best = now;
                Try();
                break;
            case Phase.Trying:
                Hold(_best);
                break;
            default:
                Watch(now);
                break;
        }
    }

    private void Grow(Point now)
    {
        Point before = _best;
        if (before.Workers > 0 && now.Rate < before.Rate * Gain)
        {
            if (!_isInDoubt)
            {
                _isInDoubt = true; // one measurement in a bad moment must not be what is remembered
                return;
            }

            Explain(before, $"{now.Workers} end no more");
            Shrink(0);
            return;
        }

        if (_taskTime == TimeSpan.Zero)
            _taskTime = TimeSpan.FromSeconds(now.Workers / now.Rate);

        Explain(now, "");
        _best = now;
        _isInDoubt = false;
        bool unhindered = now.Rate >= Unhindered * now.Workers / _taskTime.TotalSeconds;
        int next = Math.Min(most, now.Workers * (unhindered ? 4 : 2));
        if (next == now.Workers)
            Hold(now);
        else
            Workers = next;
    }

    // Down from the best, but not to where it is known to be too few.
    private void Shrink(double wanted)
    {
        int next = (int)Math.Ceiling(Math.Max(Math.Max(wanted, least), _best.Rate * _taskTime.TotalSeconds * Reserve));
        if (next >= _best.Workers)
        {
            Hold(_best);
            return;
        }

        _phase = Phase.Shrinking;
        _isInDoubt = false;
        Workers = next;
    }

    private void Try()
    {
        int next = Math.Min(most, (int)Math.Ceiling(_best.Workers * SmallStep));
        _phase = next == _best.Workers ? Phase.Holding : Phase.Trying;
        Workers = next;
    }

    private void Hold(Point at)
    {
        _phase = Phase.Holding;
        _held = 0;
        _best = at;
        Workers = at.Workers;
    }

    private void Watch(Point now)
    {
        if (now.Rate < _best.Rate * Fallen || now.Rate > _best.Rate * Risen)
        {
            _best = default;
            _phase = Phase.Growing;
            Grow(now);
        }
        else if (++_held >= Patience)
        {
            _held = 0;
            _best = now;
            Try();
        }
    }

    private void Explain(Point point, string more)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture, $"{point.Workers} at once end {point.Rate:f0} a second, {point.Workers / point.Rate * 1000:f1} ms each");
        Reason = more.Length == 0 ? text : $"{text}; {more}";
    }

    private readonly record struct Point(int Workers, double Rate);
}
