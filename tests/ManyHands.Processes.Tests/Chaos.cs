using System.Globalization;

namespace ManyHands.Processes.Tests;

/// <summary>Short runs of the program ManyHands.Chaos, which judges by itself; its README tells what it judges. Long runs are made by hand.</summary>
public sealed class Chaos
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2.5);

    [Theory]
    [InlineData(1, 1500, 30)]
    [InlineData(null, 1000, 20)] // another plan each time; the message tells its seed
    public async Task Workers_that_die_at_any_moment_in_any_way_cost_only_the_task_they_were_running(int? seed, int tasks, int kills) =>
        await Run("chaos", "--tasks", Text(tasks), "--kills", Text(kills), "--seed", Text(seed ?? Random.Shared.Next(1, 1_000_000)));

    [Fact]
    public async Task So_do_they_where_other_code_of_the_application_takes_their_exit_statuses() =>
        await Run("chaos", "--tasks", "600", "--kills", "12", "--reaper", "1", "--seed", Text(Random.Shared.Next(1, 1_000_000)));

    [Fact]
    public async Task So_do_they_over_the_transport_of_other_systems_and_leave_nothing_open() =>
        await Run("chaos", "--tasks", "1500", "--kills", "24", "--portable", "1", "--seed", Text(Random.Shared.Next(1, 1_000_000)));

    [Fact]
    public async Task Spoilt_frames_are_refused_by_name_at_both_ends() => await Run("fuzz", "--frames", "50000");

    [Fact]
    public async Task Many_tasks_and_lost_workers_leave_nothing_behind() => await Run("leak", "--tasks", "20000");

    private static async Task Run(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ManyHands.Chaos.dll");
        ExternalCommand command = ExternalCommand.Create("dotnet", ["exec", program, .. arguments]) with { Timeout = _limit };
        CommandResult result = await command.RunAsync();
        result.Succeeded.ShouldBeTrue($"{string.Join(' ', arguments)}\n{result.Output}{result.Error}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
