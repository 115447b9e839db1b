using System.Diagnostics;
using ManyHands.Advisor;

namespace ManyHands.Lab;

/// <summary>One contestant of one experiment, and what has been measured of it so far.</summary>
internal sealed class Trial(Experiment experiment, Contestant contestant)
{
    // What takes less is repeated: steps of clocks and of schedulers would show.
    private const double LeastSeconds = 0.06;
    private const int MostPasses = 10;

    // What takes long is timed less often: it varies less, and the others need the time more.
    private const double EnoughSeconds = 1.5;
    private const int EnoughRounds = 2;
    private const double LongWait = 0.25;

    private readonly List<Figures> _figures = [];
    private IReadOnlyList<TimelineTask> _timeline = [];
    private long _peak;
    private int _passes = 1;
    private double? _value;

    public Experiment Experiment => experiment;

    public Contestant Contestant => contestant;

    /// <summary>Others are compared with it.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Why it was left out, if it was.</summary>
    public string? LeftOut { get; private set; }

    /// <summary>Has been timed at least once.</summary>
    public bool HasTimes => _figures.Count > 0;

    /// <summary>Needs no further round.</summary>
    public bool IsEnough => LeftOut is not null || (_figures.Count >= EnoughRounds && _figures.Sum(figures => figures.Seconds) > EnoughSeconds);

    /// <summary>What its tasks came to, at worst.</summary>
    public double Value => _value ?? 0;

    /// <summary>Does not measure it any more.</summary>
    public void LeaveOut(string reason) => LeftOut = reason;

    /// <summary>
    /// One round. Before the first one all tasks are run once untimed, to look at memory and to find how often they have to be repeated; what waits long is
    /// not disturbed by somebody who looks, so there that run is the first timed one.
    /// </summary>
    public async Task RunAsync(long freeBytes, CancellationToken cancellationToken)
    {
        if (contestant.Bytes > freeBytes / 2)
        {
            LeaveOut($"it needs {contestant.Bytes >> 20} MiB, and {freeBytes >> 20} MiB are free");
            return;
        }

        try
        {
            Bout bout = await contestant.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = bout.ConfigureAwait(false);

            // A program of another runtime begins anew each time, so there is nothing to warm up.
            Figures? seen = HasTimes || contestant.Runtime != Contestant.DotNet ? null : await LookAsync(bout, cancellationToken).ConfigureAwait(false);
            bool counts = seen is { Seconds: > LongWait } && experiment is { KeepsCoresBusy: false, Group: not WorkGroup.Data };
            _figures.Add(counts ? seen!.Value : await MeasureAsync(bout, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // One way that does not work here must not cost the others: the report says which, and why.
            LeaveOut(error.Message.Split('\n')[0]);
        }
    }

    public WayResult Result(double expected) => new(
        contestant.Kind,
        contestant.Runtime,
        contestant.Label,
        contestant.Workers,
        SeriesOf(figures => figures.Seconds),
        contestant.Runtime == Contestant.DotNet ? SeriesOf(figures => figures.CpuSeconds).Median : null,
        SeriesOf(figures => figures.Voluntary).Median,
        SeriesOf(figures => figures.Involuntary).Median,
        _peak,
        Value,
        contestant.Expected ?? expected,
        _timeline);

    private Series SeriesOf(Func<Figures, double> figure) => new([.. _figures.Select(figure)]);

    private async Task<Figures> LookAsync(Bout bout, CancellationToken cancellationToken)
    {
        var watch = new MemoryWatch();
        await using var watching = watch.ConfigureAwait(false);
        Figures seen = await MeasureAsync(bout, cancellationToken).ConfigureAwait(false);
        _peak = watch.LookAgain();
        if (!experiment.IsAboutMemory)
            _passes = (int)Math.Clamp(Math.Ceiling(LeastSeconds / seen.Seconds), 1, MostPasses);
        return seen;
    }

    private async Task<Figures> MeasureAsync(Bout bout, CancellationToken cancellationToken)
    {
        Outcome? outcome = null;
        TreeUsage before = ProcessTree.Usage();
        long started = Stopwatch.GetTimestamp();
        for (int pass = 0; pass < _passes; pass++)
        {
            outcome = await bout.RunAsync(cancellationToken).ConfigureAwait(false);
            NoteValue(outcome.Value);
        }

        TimeSpan time = outcome!.Time ?? Stopwatch.GetElapsedTime(started) / _passes;
        TreeUsage used = ProcessTree.Usage().Since(before);
        _timeline = Timeline.Of(outcome.Runs);
        return new Figures(
            time.TotalSeconds, used.CpuTime.TotalSeconds / _passes, used.VoluntarySwitches / (double)_passes, used.InvoluntarySwitches / (double)_passes);
    }

    // The worst of all runs: a race does not lose every time.
    private void NoteValue(double value)
    {
        if (_value is not { } worst || Math.Abs(value - (contestant.Expected ?? worst)) > Math.Abs(worst - (contestant.Expected ?? worst)))
            _value = value;
    }

    private readonly record struct Figures(double Seconds, double CpuSeconds, double Voluntary, double Involuntary);
}
