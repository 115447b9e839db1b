using System.Diagnostics;
using ManyHands.Cli.Git;
using ManyHands.Cli.Rendering;

namespace ManyHands.Cli.Commands;

/// <summary>`hands pull`: finds repositories and updates all of them.</summary>
internal static class PullCommand
{
    private const int MostCounted = 100;

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        if (PullOptions.Parse(arguments) is not { } options)
            return Program.Show(PullOptions.Help);

        long start = Stopwatch.GetTimestamp();
        using var interruption = new Interruption(HasTerminal());

        // Git is asked for the user's settings while the folders are searched.
        var findingGit = GitProgram.FindAsync(options.Timeout, interruption.Stop);
        var finder = new RepositoryFinder(options);
        var repositories = finder.Find();
        var git = await findingGit.ConfigureAwait(false);

        var report = CreateReport(options);
        await using (report.ConfigureAwait(false))
        {
            report.Begin(repositories);
            foreach (string folder in finder.Unreadable)
                report.Notice($"the folder '{Output.Plain(folder)}' cannot be read and was left out.");
            var summary = await PullAsync(repositories, git, options, report, interruption).ConfigureAwait(false);
            summary.Time = Stopwatch.GetElapsedTime(start);
            report.End(summary);

            int failures = summary.Failures + (options.Strict ? summary.Skipped : 0);
            return interruption.ExitCode ?? Math.Min(failures, MostCounted + 1);
        }
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
            PullGroup.Form(repositories, git),
            (group, mayTryAgain) => pool.RunAsync(
                pull => pull.RunAsync(mayTryAgain, interruption.Stop),
                new RepositoryPull(git, options, report, summary, group),
                CancellationToken.None),
            interruption.StartNothingNew).ConfigureAwait(false);
        interruption.OnDrain = null;
        summary.NotBegun = left.Sum(group => group.Repositories.Count);
        return summary;
    }

    private static IPullReport CreateReport(PullOptions options)
    {
        if (options.Json)
            return new JsonReport(Output.Standard(), Output.Error());
        if (Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") is "dumb")
            return new TsvReport(Output.Standard(), Output.Error());
        return new TerminalReport(Output.Standard(), isColoured: string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));
    }

    private static bool HasTerminal() => !Console.IsInputRedirected || !Console.IsOutputRedirected || !Console.IsErrorRedirected;
}
