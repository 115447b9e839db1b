using System.Diagnostics;
using ManyHands.Advisor;

namespace ManyHands.Lab;

/// <summary>One contestant of one experiment, and what has been measured of it so far.</summary>
internal sealed class Trial(Experiment experiment, Contestant contestant)
{
    // What takes less is repeated: steps of clocks and of schedulers would show.
    private static readonly TimeSpan _leastTime = TimeSpan.FromMilliseconds(60);
    private const int MostPasses = 10;

    // What takes long is timed less often: it varies less, and the others need the time more.
    private const double EnoughSeconds = 1.5;
    private const int EnoughRounds = 2;

    private readonly List<double> _seconds = [];
    private readonly List<double> _cpuSeconds = [];
    private readonly List<double> _voluntary = [];
    private readonly List<double> _involuntary = [];
    private IReadOnlyList<TimelineTask> _timeline = [];
    private long _peak;
    private int _passes = 1;
    private bool _hasValue;

    public Experiment Experiment => experiment;

    public Contestant Contestant => contestant;

    /// <summary>Others are compared with it.</summary>
    public bool IsBaseline { get; init; }

    /// <summary>Why it was left out, if it was.</summary>
    public string? LeftOut { get; private set; }

    /// <summary>Has been timed at least once.</summary>
    public bool HasTimes => _seconds.Count > 0;

    /// <summary>Needs no further round.</summary>
    public bool IsEnough => LeftOut is not null || (_seconds.Count >= EnoughRounds && _seconds.Sum() > EnoughSeconds);

    private bool IsOurs => contestant.Runtime == Contestant.DotNet;

    /// <summary>What its tasks came to.</summary>
    public double Value { get; private set; }

    /// <summary>Does not measure it any more.</summary>
    public void LeaveOut(string reason) => LeftOut = reason;

    /// <summary>
    /// One round. Before the first one all tasks are run once untimed, to look at memory and results and to find how often they have to be repeated.
    /// </summary>
    public Task RunAsync(long freeBytes, CancellationToken cancellationToken)
    {
        if (contestant.Bytes > freeBytes / 2)
        {
            LeaveOut($"it needs {contestant.Bytes >> 20} MiB, and {freeBytes >> 20} MiB are free");
            return Task.CompletedTask;
        }

        return RunOnceAsync(
            async bout =>
            {
                // A program of another runtime begins anew each time, so there is nothing to warm up.
                if (!HasTimes && IsOurs)
                    await LookAsync(bout, cancellationToken).ConfigureAwait(false);
                await TimeAsync(bout, cancellationToken).ConfigureAwait(false);
            },
            cancellationToken);
    }

    private async Task LookAsync(Bout bout, CancellationToken cancellationToken)
    {
        var watch = new MemoryWatch();
        await using var watching = watch.ConfigureAwait(false);
        long started = Stopwatch.GetTimestamp();
        Outcome outcome = await bout.RunAsync(cancellationToken).ConfigureAwait(false);
        TimeSpan time = Stopwatch.GetElapsedTime(started);
        NoteValue(outcome.Value);
        _timeline = Timeline.Of(outcome.Runs);
        _passes = experiment.IsAboutMemory ? 1 : (int)Math.Clamp(Math.Ceiling(_leastTime / time), 1, MostPasses);
        _peak = watch.LookAgain();
    }

    private async Task TimeAsync(Bout bout, CancellationToken cancellationToken)
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
        _seconds.Add(time.TotalSeconds);
        _cpuSeconds.Add(used.CpuTime.TotalSeconds / _passes);
        _voluntary.Add(used.VoluntarySwitches / (double)_passes);
        _involuntary.Add(used.InvoluntarySwitches / (double)_passes);
    }

    public WayResult Result(double expected) => new(
        contestant.Kind,
        contestant.Runtime,
        contestant.Label,
        contestant.Workers,
        new Series(_seconds),
        IsOurs ? new Series(_cpuSeconds).Median : null,
        new Series(_voluntary).Median,
        new Series(_involuntary).Median,
        _peak,
        Value,
        contestant.Expected ?? expected,
        _timeline);

    // The worst of all runs: a race does not lose every time.
    private void NoteValue(double value)
    {
        if (_hasValue && Math.Abs(value - (contestant.Expected ?? Value)) <= Math.Abs(Value - (contestant.Expected ?? Value)))
            return;
        (Value, _hasValue) = (value, true);
    }

    private async Task RunOnceAsync(Func<Bout, Task> measure, CancellationToken cancellationToken)
    {
        try
        {
            Bout bout = await contestant.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = bout.ConfigureAwait(false);
            await measure(bout).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // One way that does not work here must not cost the others: the report says which, and why.
            LeaveOut(error.Message.Split('\n')[0]);
        }
    }
}
