using System.Text.RegularExpressions;
using ManyHands.Conformance;

namespace ManyHands.Processes.Tests;

/// <summary>The samples, run as their reader runs them, and the README that promises them.</summary>
public sealed partial class Samples : IDisposable
{
    private readonly Files _files = new();

    [Fact]
    public async Task First_map_counts_primes()
    {
        CommandResult result = await Run("first-map");
        result.Output.ShouldContain("9592 primes below 100000");
        result.Output.ShouldContain("41538 primes below 500000");
    }

    [Fact]
    public async Task Forge_uses_a_process_for_each_worker_and_prints_both_times()
    {
        CommandResult result = await Run("forge");
        string[] parts = result.Output.Split("worker processes:");
        Pids().Matches(parts[0]).Select(match => match.Groups[1].Value).Distinct().Count().ShouldBe(1);
        Pids().Matches(parts[1]).Select(match => match.Groups[1].Value).Distinct().Count().ShouldBeInRange(2, 4);
        Pids().Count(parts[1]).ShouldBe(4);
        parts[1].ShouldContain("times as fast");
    }

    [Fact]
    public async Task Crash_loses_one_task_of_eight()
    {
        CommandResult result = await Run("crash");
        result.Output.ShouldContain("7 succeeded, 1 failed, 1 worker lost");
        result.Output.ShouldContain("was killed by SIGKILL");
    }

    [Fact]
    public async Task Deadline_kills_the_loop_and_goes_on_with_another_process()
    {
        CommandResult result = await Run("deadline");
        string[] pids = [.. WorkerPids().Matches(result.Output).Select(match => match.Groups[1].Value)];
        pids.Length.ShouldBe(2);
        pids[0].ShouldNotBe(pids[1]);
        result.Output.ShouldContain("the endless loop) did not end within");
    }

    [Fact]
    public async Task Illusion_refuses_the_captured_list_by_name()
    {
        CommandResult result = await Run("illusion");
        result.Output.ShouldContain("captures 'found'");
        result.Output.ShouldContain("Returned: 1 4 9 16 25 36 49 64 81 100");
        result.Output.ShouldContain("On threads: 1 4 9 16 25 36 49 64 81 100");
        result.Output.ShouldContain("Counted here: 0 by the static, 10 by the shared counter");
    }

    [Fact]
    public async Task Contexts_are_right_where_threads_are_wrong()
    {
        CommandResult result = await Run("contexts");
        result.Output.ShouldContain("In contexts: 0 of 200 answers are wrong");
        result.Output.ShouldMatch("On threads:  [1-9][0-9]* of 200 answers are wrong");
    }

    [Fact]
    public async Task Shared_data_is_used_in_place_by_two_processes()
    {
        CommandResult result = await Run("shared");
        result.Output.ShouldContain("8 parts done; the last root is 2828.427; the greatest seen is 2828.427");
        Regex.Count(result.Output, "has done part").ShouldBe(8);
        Regex.Matches(result.Output, "in process ([0-9]+)").Select(match => match.Groups[1].Value).Distinct().Count().ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task Words_are_as_many_as_wc_counts()
    {
        CommandResult result = await Run("words", "--", "16");
        string[] counts = [.. Regex.Matches(result.Output, "[0-9]+(?= words)|(?<=wc says )[0-9]+").Select(match => match.Value)];
        counts.Length.ShouldBe(2);
        counts[0].ShouldBe(counts[1]);
        result.Output.ShouldContain("peak memory: worker 1");
    }

    [Fact]
    public async Task Hybrid_places_each_kind_of_work()
    {
        CommandResult result = await Run("hybrid");
        result.Output.ShouldContain("100 fetches waited on threads of this process: True");
        result.Output.ShouldContain("2 guests ran in 2 processes");
        result.Output.ShouldContain("106 tasks succeeded: 4 + 100 + 2");
    }

    [Fact]
    public async Task Adaptive_chooses_for_each_kind_of_work_and_says_why()
    {
        CommandResult result = await Run("adaptive");
        result.Output.ShouldMatch("waiting: [0-9]{3,4} tasks here");
        result.Output.ShouldMatch("computing: [0-9]+ tasks here, [0-9]+ in worker processes"); // on a machine that others keep busy, computing looks like waiting
        result.Output.ShouldContain("crashing: 2 tasks lost, and this process lives");
        result.Output.ShouldMatch("Work.Wait: [0-9]+ × ThreadExecutor: waits: ");
        result.Output.ShouldMatch("Work.Compute: [0-9]+ × (ProcessExecutor: computes|ThreadExecutor: waits): ");
        result.Output.ShouldMatch("Work.Crash: [0-9]+ × ProcessExecutor: it has cost a worker process its life");
    }

    [Fact]
    public async Task Pull_updates_repositories()
    {
        string folder = _files.New();
        Directory.CreateDirectory(folder);
        await Git(folder, "init", "--quiet", "--bare", "origin.git");
        await Git(folder, "clone", "--quiet", "origin.git", "one");
        await Git(Path.Combine(folder, "one"), "-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "--allow-empty", "-m", "first");
        await Git(Path.Combine(folder, "one"), "push", "--quiet", "origin", "HEAD");
        await Git(folder, "clone", "--quiet", "origin.git", "two");
        await Git(Path.Combine(folder, "one"), "-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "--allow-empty", "-m", "second");
        await Git(Path.Combine(folder, "one"), "push", "--quiet", "origin", "HEAD");
        CommandResult result = await Run("pull", "--", folder);
        result.Output.ShouldContain("one: up to date");
        result.Output.ShouldContain("two: up to date");
        result.Output.ShouldContain("2 repositories");
        (await Git(Path.Combine(folder, "two"), "log", "--oneline")).Output.ShouldContain("second");
    }

    [Fact]
    public void Every_sample_has_a_test_and_a_line_in_the_readme()
    {
        string readme = File.ReadAllText(Path.Combine(Repository, "README.md"));
        string tests = File.ReadAllText(Path.Combine(Repository, "tests", "ManyHands.Processes.Tests", "Samples.cs"));
        foreach (string sample in Directory.GetFiles(Path.Combine(Repository, "samples"), "*.cs").Select(file => Path.GetFileNameWithoutExtension(file)))
        {
            readme.ShouldContain($"samples/{sample}.cs");
            tests.ShouldContain($"Run(\"{sample}\"");
        }
    }

    public void Dispose() => _files.Dispose();

    internal static string Repository { get; } = FindRepository(AppContext.BaseDirectory);

    private static string FindRepository(string folder) =>
        File.Exists(Path.Combine(folder, "ManyHands.slnx")) ? folder : FindRepository(Path.GetDirectoryName(folder)!);

    private static async Task<CommandResult> Run(string sample, params string[] arguments)
    {
        ExternalCommand command = ExternalCommand.Create("dotnet", ["run", $"samples/{sample}.cs", .. arguments]) with
        {
            WorkingDirectory = Repository,
            Timeout = TimeSpan.FromMinutes(3),
        };
        CommandResult result = await command.RunAsync();
        result.Succeeded.ShouldBeTrue(result.Output + result.Error);
        return result;
    }

    private static async Task<CommandResult> Git(string folder, params string[] arguments)
    {
        CommandResult result = await (ExternalCommand.Create("git", arguments) with { WorkingDirectory = folder }).RunAsync();
        result.Succeeded.ShouldBeTrue(result.Error);
        return result;
    }

    [GeneratedRegex(@"by process (\d+)")]
    private static partial Regex Pids();

    [GeneratedRegex(@"worker is process (\d+)")]
    private static partial Regex WorkerPids();
}
