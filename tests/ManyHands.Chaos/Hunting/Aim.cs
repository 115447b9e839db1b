using ManyHands.Chaos.Boards;

namespace ManyHands.Chaos.Hunting;

/// <summary>
/// Plans the deaths: mostly at the moment at which the fewest have struck so far, so that what the scheduling of the machine makes rare is
/// tried more often.
/// </summary>
internal sealed class Aim(Random random, int kills, int lifetime, bool portable)
{
    /// <summary>The share of all deaths that no moment may fall below.</summary>
    public const double Floor = 0.05;

    private static readonly Moment[] _moments =
        [Moment.Starting, Moment.Reading, Moment.Executing, Moment.Writing, Moment.Sent, Moment.Idle, Moment.Retiring];

    private static readonly (Way Way, int Weight)[] _ways =
    [
        (Way.KillFromOutside, 18), (Way.StopThenKill, 10), (Way.KillItself, 16), (Way.Abort, 10), (Way.Fault, 10), (Way.Exit, 8),
        (Way.ExitNow, 8), (Way.FailFast, 6), (Way.StackOverflow, 4), (Way.EndControl, 6), (Way.Garbage, 4),
        (Way.Scribble, 4), (Way.SpoilRings, 8), (Way.EndMarks, 8), (Way.MarkAhead, 8), (Way.HideMarks, 8), (Way.FloodPongs, 4), (Way.StopAtBirth, 10),
        (Way.CloseAll, 6),
    ];

    private readonly Dictionary<Way, int> _ended = [];
    private readonly int[] _struck = new int[_moments.Length + 1];
    private readonly int[] _open = new int[_moments.Length + 1];
    private volatile bool _isReached;

    public static IReadOnlyList<Moment> Moments => _moments;

    public int Struck => _struck.Sum();

    /// <summary>As many as wanted have died, and enough of them at each moment. True for good once it is.</summary>
    public bool IsReached => _isReached;

    /// <summary>How many died in each way.</summary>
    public IEnumerable<KeyValuePair<Way, int>> Ways => _ended.OrderBy(pair => pair.Key);

    public int StruckAt(Moment moment) => _struck[(int)moment];

    /// <summary>The fate of the next worker.</summary>
    public Fate Next(bool retires)
    {
        Moment[] moments = retires ? _moments : _moments[..^1];
        Moment moment = random.Next(4) == 0
            ? moments[random.Next(moments.Length)]
            : moments.MinBy(moment => _struck[(int)moment] + _open[(int)moment] + random.NextDouble());
        _open[(int)moment]++;
        Way way = NextWay();
        way = (way, moment) switch
        {
            (Way.Garbage or Way.Scribble or Way.EndControl or Way.FloodPongs, _) when portable => Way.KillItself, // the connections are others there
            (Way.SpoilRings or Way.EndMarks or Way.MarkAhead or Way.HideMarks, _) when portable => Way.KillItself, // and no memory is shared
            // Beside the lane's own thread it could spoil the middle of a good result.
            (Way.Garbage or Way.Scribble or Way.SpoilRings, Moment.Sent or Moment.Idle or Moment.Retiring) => Way.KillItself,
            // A lie about a task has to be one about the task that it dies with.
            (Way.EndMarks or Way.MarkAhead or Way.HideMarks, not (Moment.Reading or Moment.Executing or Moment.Writing)) => Way.KillItself,
            // The lane would go on until the worker ends itself.
            (Way.CloseAll, Moment.Sent or Moment.Idle or Moment.Retiring) => Way.KillItself,
            (Way.StopAtBirth, not Moment.Starting) => Way.KillItself,
            (Way.EndControl or Way.FloodPongs, Moment.Retiring) => Way.KillItself, // nobody listens any more
            (_, Moment.Sent) when random.Next(2) == 0 => Way.Alarm,
            _ => way,
        };
        int after = moment switch
        {
            Moment.Starting or Moment.Retiring => 0,
            _ when random.Next(3) == 0 => 1 + random.Next(3),
            _ => 1 + random.Next(Math.Max(1, lifetime)),
        };
        return new Fate { Moment = moment, Way = way, After = after };
    }

    /// <summary>A worker has died at a moment, or, for none, has ended without being killed.</summary>
    public void Died(Fate aimed, Moment at)
    {
        _open[(int)aimed.Moment]--;
        if (at == Moment.None)
            return;
        _struck[(int)at]++;
        _ended[aimed.Way] = _ended.GetValueOrDefault(aimed.Way) + 1;
        _isReached |= Struck >= kills && _moments.Min(moment => _struck[(int)moment]) >= Math.Ceiling(Floor * 1.2 * Struck);
    }

    private Way NextWay()
    {
        int left = random.Next(_ways.Sum(way => way.Weight));
        foreach (var (way, weight) in _ways)
        {
            left -= weight;
            if (left < 0)
                return way;
        }

        return Way.KillItself;
    }
}
