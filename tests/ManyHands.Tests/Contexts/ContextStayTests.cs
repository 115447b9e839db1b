using ManyHands.Contexts;

namespace ManyHands.Tests.Contexts;

public sealed class ContextStayTests
{
    [Fact]
    public void A_thread_is_given_up_where_it_is_in_code_of_others_and_else_kept_from_going_there()
    {
        var inside = new ContextStay();
        inside.TryEnter().ShouldBeTrue();
        inside.TryGiveUp().ShouldBeTrue();
        inside.TryGiveUp().ShouldBeFalse();
        inside.TryLeave().ShouldBeFalse();
        inside.TryEnter().ShouldBeFalse();

        var outside = new ContextStay();
        outside.TryEnter().ShouldBeTrue();
        outside.TryLeave().ShouldBeTrue();
        outside.TryGiveUp().ShouldBeFalse();
        outside.TryEnter().ShouldBeFalse();
    }

    [Fact]
    public async Task A_task_that_is_cancelled_the_moment_it_begins_with_no_grace_ends_and_so_does_its_executor()
    {
        for (int round = 0; round < 50; round++)
        {
            var pool = new ContextExecutor(new ContextExecutorOptions { Workers = 2, KillAfter = TimeSpan.Zero });
            Task<int>[] tasks = new Task<int>[50];
            for (int i = 0; i < tasks.Length; i++)
            {
                using var cancel = new CancellationTokenSource();
                tasks[i] = pool.RunAsync((int number) => number, i, cancel.Token);
                if (i % 2 == 0)
                    cancel.Cancel();
            }

            await Task.WhenAll(tasks.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default))).WaitAsync(TimeSpan.FromSeconds(60));
            await pool.CloseAsync().WaitAsync(TimeSpan.FromSeconds(60));
            pool.Snapshot().Workers.ShouldBeEmpty();
        }
    }
}
