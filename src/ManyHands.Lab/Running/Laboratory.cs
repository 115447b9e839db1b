using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ManyHands.Advisor;
using ManyHands.Lab.OtherRuntimes;

namespace ManyHands.Lab;

/// <summary>Sets up experiments, has them run in rounds, and makes a result of what was timed.</summary>
public static class Laboratory
{
    private static readonly SemaphoreSlim _oneAtATime = new(1); // two would measure each other

    /// <summary>All experiments there are.</summary>
    /// <returns>New ones.</returns>
    public static IReadOnlyList<Experiment> AllExperiments() =>
    [
        new Experiments.Countdown(), new Experiments.SquareSum(), new Experiments.SquareRoots(), new Experiments.Cosines(), new Experiments.Hashing(),
        new Experiments.Sleeping(), new Experiments.ApiRequests(), new Experiments.PageFetches(), new Experiments.Pulling(), new Experiments.Subprocesses(),
        new Experiments.Mixed(), new Experiments.TinyTasks(), new Experiments.Allocating(),
        new Experiments.SharedCount(), new Experiments.LargeArray(), new Experiments.HeldData(),
    ];

    /// <summary>Runs experiments, and disposes them. A second call in the same process waits for the first to end.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="cancellationToken">Ends it, without a result.</param>
    /// <returns>What was measured.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<LabResult> RunAsync(LabOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        await _oneAtATime.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await RunAloneAsync(options, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private static async Task<LabResult> RunAloneAsync(LabOptions options, CancellationToken cancellationToken)
    {
        DateTimeOffset date = TimeProvider.System.GetLocalNow();
        long started = Stopwatch.GetTimestamp();
        double? busy = await BusyCoresAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<Experiment> experiments = options.Experiments ?? [.. AllExperiments().Where(experiment => experiment.IsQuick)];
        DirectoryInfo folder = Directory.CreateTempSubdirectory("manyhands-lab-");
        try
        {
            FoundRuntimes runtimes = options.OtherRuntimes
                ? await FoundRuntimes.FindAsync(folder.FullName, cancellationToken).ConfigureAwait(false)
                : FoundRuntimes.None;
            var cannot = new Dictionary<Experiment, string>();
            var trials = new List<Trial>();
            foreach (Experiment experiment in experiments)
            {
                string own = folder.CreateSubdirectory(experiment.Name).FullName;
                if (await experiment.PrepareAsync(own, cancellationToken).ConfigureAwait(false) is { } why)
                {
                    cannot[experiment] = why;
                    continue;
                }

                var seen = new HashSet<string>();
                trials.AddRange(Contestants(experiment, runtimes, options.WorkerCounts)
                    .Select(contestant => new Trial(experiment, contestant) { IsBaseline = seen.Add(contestant.Runtime) }));
            }

            await new Rounds(trials, options, started).RunAsync(cancellationToken).ConfigureAwait(false);
            ExperimentResult[] results =
            [
                .. experiments.Select(experiment => Result(experiment, [.. trials.Where(trial => trial.Experiment == experiment)], cannot.GetValueOrDefault(experiment))),
            ];
            Trial[] reported = [.. trials.Where(trial => trial.IsReported)];
            double[] others = [.. reported.SelectMany(trial => trial.Disturbances).Where(time => time.IsDisturbed).Select(time => time.Others)];
            var result = new LabResult(
                ThisMachine(busy), date, Stopwatch.GetElapsedTime(started), reported.Select(trial => trial.Rounds).DefaultIfEmpty(0).Min(), runtimes.Sentences, results, [])
            {
                Times = reported.Sum(trial => trial.Rounds),
                DisturbedTimes = others.Length,
                OthersCores = others.Length == 0 ? 0 : new Series(others).Median,
            };
            return result with { Notes = LabNotes.On(result) };
        }
        finally
        {
            await KeptContexts.CloseAsync().ConfigureAwait(false);
            foreach (Experiment experiment in experiments)
                await experiment.DisposeAsync().ConfigureAwait(false);
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<Contestant> Contestants(Experiment experiment, FoundRuntimes runtimes, IReadOnlyList<int>? workerCounts)
    {
        if (workerCounts is not null)
            return experiment.Contestants(workerCounts).Concat(runtimes.Contestants(experiment, workerCounts));

        // The short run: every kind at the number that says most about it, threads at another one too, the other runtimes where theirs is classic.
        int cores = Math.Max(2, Environment.ProcessorCount);
        (int telling, int? other) = experiment switch
        {
            { Group: WorkGroup.Data } => (cores, (int?)null),
            { KeepsCoresBusy: true } => (cores, 2 * cores),
            _ => (cores < 16 ? 16 : 4 * cores, cores),
        };
        IEnumerable<Contestant> ours = experiment.Contestants([telling]);
        if (other is { } count)
            ours = ours.Concat(experiment.Contestants([count]).Where(contestant => contestant.Kind == "threads"));
        return experiment is Experiments.Countdown ? ours.Concat(runtimes.Contestants(experiment, [cores])) : ours;
    }

    private static ExperimentResult Result(Experiment experiment, List<Trial> trials, string? cannot)
    {
        // What is compared with the first way of its runtime says nothing without it.
        string[] runtimes = [.. trials.Where(trial => trial is { IsBaseline: true, IsReported: false }).Select(trial => trial.Contestant.Runtime)];
        foreach (Trial trial in trials.Where(trial => trial.IsReported && !experiment.IsAboutMemory && runtimes.Contains(trial.Contestant.Runtime)))
            trial.LeaveOut("what it would be compared with was not measured");
        List<Trial> measured = [.. trials.Where(trial => trial.IsReported)];
        List<string> leftOut =
        [
            .. trials.Where(trial => trial.LeftOut is not null).GroupBy(trial => trial.LeftOut!)
                .Select(reason => $"{string.Join("; ", reason.Select(trial => $"{trial.Contestant.Label}, {trial.Contestant.Workers}"))}: {reason.Key}"),
        ];
        if (cannot is not null)
            leftOut.Add(cannot);
        return new ExperimentResult(
            experiment.Name, experiment.Title, experiment.Shows, experiment.Classic, experiment.Group, experiment.IsAboutMemory,
            [.. measured.Select(trial => trial.Result(Expected(trial)))],
            leftOut)
        {
            Cores = experiment.KeepsCoresBusy ? Environment.ProcessorCount : null,
        };

        double Expected(Trial trial) => measured.First(other => other.Contestant.Runtime == trial.Contestant.Runtime).Value;
    }

    private static Machine ThisMachine(double? busy)
    {
        var debuggable = (DebuggableAttribute?)Attribute.GetCustomAttribute(typeof(Laboratory).Assembly, typeof(DebuggableAttribute));
        return new Machine(
            Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
            debuggable is not { IsJITOptimizerDisabled: true }, busy);
    }

    // From two looks at the times of all cores: user, nice, system, idle, waiting for disks, and more that is busy; see proc(5).
    private static async Task<double?> BusyCoresAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists("/proc/stat"))
            return null;
        long[] before = Times();
        await Task.Delay(TimeSpan.FromMilliseconds(300), cancellationToken).ConfigureAwait(false);
        long[] spent = [.. Times().Zip(before, (now, then) => now - then)];
        return spent.Sum() is var all and > 0 ? Environment.ProcessorCount * (1 - ((spent[3] + spent[4]) / (double)all)) : 0;

        static long[] Times() =>
        [
            .. File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
                .Select(time => long.Parse(time, CultureInfo.InvariantCulture)),
        ];
    }
}
