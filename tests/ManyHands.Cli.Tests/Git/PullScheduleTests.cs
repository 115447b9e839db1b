using ManyHands.Cli.Git;

namespace ManyHands.Cli.Tests.Git;

public sealed class PullScheduleTests
{
    [Fact(Timeout = 20_000)]
    public async Task No_more_run_at_once_than_the_worker_count_and_the_server_allow()
    {
        var ssh = new RemoteAddress(Transport.Ssh, "host");
        var full = new TaskCompletionSource();
        int running = 0, most = 0;

        await new PullSchedule(new WorkerCount(4, 32)).RunAsync(
            Groups(30, ssh),
            async (_, _) =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                if (running == ssh.Limit)
                {
                    // Time for one more to start; nothing tells that none will.
                    await Task.Delay(150);
                    full.TrySetResult();
                }

                await full.Task;
                Interlocked.Decrement(ref running);
                return default;
            },
            CancellationToken.None);

        most.ShouldBe(ssh.Limit);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_full_server_does_not_keep_others_waiting()
    {
        var release = new TaskCompletionSource();
        var other = new RemoteAddress(Transport.Git, "other");

        await new PullSchedule(new WorkerCount(4, 32)).RunAsync(
            [.. Groups(10, new RemoteAddress(Transport.Ssh, "host")), .. Groups(1, other)],
            async (group, _) =>
            {
                if (group.Remote == other)
                    release.SetResult();
                await release.Task;
                return default;
            },
            CancellationToken.None);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_refused_group_is_tried_four_times_and_told_when_it_is_the_last()
    {
        var attempts = new List<bool>();

        await new PullSchedule(new WorkerCount(2, 4)).RunAsync(
            Groups(1, new RemoteAddress(Transport.Ssh, "host")),
            (_, mayTryAgain) =>
            {
                attempts.Add(mayTryAgain);
                return Task.FromResult(new PullCost(default, default, Throttled: mayTryAgain));
            },
            CancellationToken.None);

        attempts.ShouldBe([true, true, true, false]);
    }

    [Fact(Timeout = 20_000)]
    public async Task After_a_stop_what_runs_ends_and_the_rest_is_returned()
    {
        using var stop = new CancellationTokenSource();
        int ended = 0;

        var left = await new PullSchedule(new WorkerCount(2, 2)).RunAsync(
            Groups(5, new RemoteAddress(Transport.Local, "")),
            async (_, _) =>
            {
                await stop.CancelAsync();
                await Task.Yield();
                Interlocked.Increment(ref ended);
                return default;
            },
            stop.Token);

        (ended + left.Count).ShouldBe(5);
        ended.ShouldBeInRange(1, 2);
    }

    private static IEnumerable<PullGroup> Groups(int count, RemoteAddress remote) =>
        Enumerable.Range(0, count).Select(_ => new PullGroup([], remote));
}
