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
    private const double LongWait = 0.25;

    private readonly List<Figures> _figures = [];
    private IReadOnlyList<TimelineTask> _timeline = [];
    private readonly List<double> _peaks = [];
    private int _passes = 1;
    private double? _value;

    public Experiment Experiment => experiment;

    public Contestant Contestant => contestant;

    /// <summary>Others are compared with it.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Why it was left out, if it was.</summary>
    public string? LeftOut { get; private set; }

    /// <summary>Has been timed, and is not left out.</summary>
    public bool IsReported => HasTimes && LeftOut is null;

    /// <summary>Has been timed at least once.</summary>
    public bool HasTimes => _figures.Count > 0;

    /// <summary>Rounds in which it was timed, disturbed or not.</summary>
    public int Rounds => _figures.Count;

    /// <summary>Whether others disturbed each of these times, and how many cores they kept busy.</summary>
    public IEnumerable<(bool IsDisturbed, double Others)> Disturbances => _figures.Select(figures => (figures.IsDisturbed, figures.Others));

    /// <summary>The last time was taken without disturbance.</summary>
    public bool IsQuiet => _figures is [.., { IsDisturbed: false }];

    /// <summary>Has so many undisturbed rounds, or as many as say enough of what takes long.</summary>
    /// <param name="rounds">Rounds that are wanted.</param>
    public bool Has(int rounds) => LeftOut is not null || Undisturbed.Count >= rounds
        || (Undisturbed.Count >= LabResult.LeastRounds && Undisturbed.Sum(figures => figures.Seconds) > EnoughSeconds);

    /// <summary>What its tasks came to, at worst.</summary>
    public double Value => _value ?? 0;

    /// <summary>Does not measure it any more.</summary>
    public void LeaveOut(string reason) => LeftOut = reason;

    /// <summary>
    /// One round. Before the first one all tasks are run once untimed, to look at memory and to find how often they have to be repeated; what waits long is
    /// not disturbed by a look, so there that run is the first timed one. Where memory is the question, each round is such a look, and nothing else.
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
            bool looks = contestant.Runtime == Contestant.DotNet && (!HasTimes || experiment.IsAboutMemory);
            Figures? seen = looks ? await LookAsync(bout, cancellationToken).ConfigureAwait(false) : null;
            bool counts = seen is { } look && (experiment.IsAboutMemory || (look.Seconds > LongWait && !experiment.KeepsCoresBusy));
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
        (long)new Series(_peaks.Count > 0 ? [.. _peaks] : [0]).Median,
        Value,
        contestant.Expected ?? expected,
        _timeline)
    {
        UndisturbedRounds = Undisturbed.Count,
        IsUnguarded = contestant.IsUnguarded,
    };

    private List<Figures> Undisturbed => [.. _figures.Where(figures => !figures.IsDisturbed)];

    // What was disturbed is better than nothing, and no more.
    private Series SeriesOf(Func<Figures, double> figure) => new([.. (Undisturbed.Count > 0 ? Undisturbed : _figures).Select(figure)]);

    private async Task<Figures> LookAsync(Bout bout, CancellationToken cancellationToken)
    {
        var watch = new MemoryWatch();
        await using var watching = watch.ConfigureAwait(false);
        Figures seen = await MeasureAsync(bout, cancellationToken).ConfigureAwait(false);
        _peaks.Add(watch.LookAgain());
        if (!experiment.IsAboutMemory)
            _passes = (int)Math.Clamp(Math.Ceiling(LeastSeconds / seen.Seconds), 1, MostPasses);
        return seen;
    }

    private async Task<Figures> MeasureAsync(Bout bout, CancellationToken cancellationToken)
    {
        Outcome? outcome = null;
        TreeUsage before = ProcessTree.Usage();
        (double Seconds, int Cores)? busyBefore = OtherLoad.Busy();
        long started = Stopwatch.GetTimestamp();
        for (int pass = 0; pass < _passes; pass++)
        {
            outcome = await bout.RunAsync(cancellationToken).ConfigureAwait(false);
            NoteValue(outcome.Value);
        }

        TimeSpan all = Stopwatch.GetElapsedTime(started), time = outcome!.Time ?? all / _passes;
        (double Seconds, int Cores)? busyAfter = OtherLoad.Busy();
        TreeUsage used = ProcessTree.Usage().Since(before);
        double others = busyBefore is { } then && busyAfter is { } now
            ? OtherLoad.Cores(now.Seconds - then.Seconds, used.CpuTime.TotalSeconds, all.TotalSeconds, now.Cores, Environment.ProcessorCount)
            : 0;

        // What memory something takes does not depend on who else computes.
        bool isDisturbed = !experiment.IsAboutMemory && OtherLoad.Disturbs(others, all.TotalSeconds, Environment.ProcessorCount);
        _timeline = Timeline.Of(outcome.Runs);
        return new Figures(
            time.TotalSeconds, used.CpuTime.TotalSeconds / _passes, used.VoluntarySwitches / (double)_passes, used.InvoluntarySwitches / (double)_passes, others, isDisturbed);
    }

    // The worst of all runs: a race does not lose every time.
    private void NoteValue(double value)
    {
        if (_value is not { } worst || Math.Abs(value - (contestant.Expected ?? worst)) > Math.Abs(worst - (contestant.Expected ?? worst)))
            _value = value;
    }

    private readonly record struct Figures(double Seconds, double CpuSeconds, double Voluntary, double Involuntary, double Others, bool IsDisturbed);
}
