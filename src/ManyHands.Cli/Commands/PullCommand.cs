using System.Diagnostics;
using System.Globalization;
using ManyHands.Cli.Git;
using ManyHands.Cli.Rendering;

namespace ManyHands.Cli.Commands;

/// <summary>`hands pull`: finds repositories and updates all of them.</summary>
internal static class PullCommand
{
    private const int MostCounted = 100;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Invocation hands)
    {
        if (PullOptions.Parse(arguments) is not { } options)
            return hands.Show(PullOptions.Help);

        long start = Stopwatch.GetTimestamp();
        var report = CreateReport(options, hands);
        await using (report.ConfigureAwait(false))
        {
            var finder = new RepositoryFinder(options);
            report.Searching(() => string.Create(CultureInfo.InvariantCulture, $"{finder.Searched:n0} folders, {finder.Found:n0} found"));
            IReadOnlyList<Repository> repositories;
            GitProgram git;
            try
            {
                (repositories, git) = await FindAsync(finder, options, hands.Interruption.StartNothingNew).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                report.Notice("stopped while searching; no repository was changed.");
                return 0;
            }

            report.Begin(repositories);
            foreach (string folder in finder.Unreadable)
                report.Notice($"the folder '{Output.Plain(folder)}' cannot be read and was left out.");
            var summary = await PullAsync(repositories, git, options, report, hands.Interruption).ConfigureAwait(false);
            summary.Time = Stopwatch.GetElapsedTime(start);
            report.End(summary);

            return Math.Min(summary.Failures + (options.Strict ? summary.Skipped : 0), MostCounted + 1);
        }
    }

    /// <summary>Searches the folders, and has Git say what those are that were found.</summary>
    private static async Task<(IReadOnlyList<Repository> Repositories, GitProgram Git)> FindAsync(
        RepositoryFinder finder, PullOptions options, CancellationToken cancellationToken)
    {
        var findingGit = GitProgram.FindAsync(options.Timeout, cancellationToken);

        // Not waited for after a signal: a folder of a server that does not answer may be read for minutes.
        var found = await Task.Run(() => finder.Find(cancellationToken), CancellationToken.None).WaitAsync(cancellationToken).ConfigureAwait(false);
        var git = await findingGit.ConfigureAwait(false);
        return (await new RepositoryDiscovery(git, finder).RunAsync(found, cancellationToken).ConfigureAwait(false), git);
    }

    private static async Task<PullSummary> PullAsync(
        IReadOnlyList<Repository> repositories, GitProgram git, PullOptions options, IPullReport report, Interruption interruption)
    {
        var summary = new PullSummary();
        var pool = new ThreadExecutor(new ExecutorOptions { Workers = WorkerCount.Most });
        await using var closing = pool.ConfigureAwait(false);
        var schedule = new PullSchedule(new WorkerCount(Environment.ProcessorCount, options.Jobs));
        interruption.OnDrain = canStop => report.Notice($"finishing {schedule.Running}{(canStop ? ", Ctrl-C again to stop them" : "")}.");
        var left = await schedule.RunAsync(
            PullGroup.Form(repositories),
            (group, mayTryAgain) => pool.RunAsync(
                pull => pull.RunAsync(mayTryAgain, interruption.Stop),
                new RepositoryPull(git, options, report, summary, group),
                CancellationToken.None),
            interruption.StartNothingNew).ConfigureAwait(false);
        interruption.OnDrain = null;
        summary.NotBegun = left.Sum(group => group.Repositories.Count);
        return summary;
    }

    private static IPullReport CreateReport(PullOptions options, Invocation hands)
    {
        if (options.Json)
            return new JsonReport(hands.Output, hands.Error);
        Screen screen = Screen.OfOutput();
        return screen.IsTerminal ? new TerminalReport(hands.Output, screen) : new TsvReport(hands.Output, hands.Error);
    }
}
