using ManyHands.Conformance.Work;

namespace ManyHands.Conformance;

/// <content>Disposing without awaiting, as containers and fixtures do.</content>
public abstract partial class ExecutorContract<TFixture>
{
    [Fact]
    public async Task Leaving_a_using_block_cancels_what_has_not_ended_and_leaves_nothing_behind()
    {
        string begun = _files.New();
        Executor left;
        Task running, queued;
        using (Executor pool = New(new() { Workers = 1, KillAfter = TimeSpan.FromSeconds(1) }))
        {
            left = pool;
            running = pool.RunAsync(Waiting.ForEver, begun);
            queued = pool.RunAsync(Arithmetic.AddOne, 1);
            await Within.Until(() => File.Exists(begun) || running.IsCompleted);
        }

        left.Snapshot().Workers.ShouldBeEmpty();
        await Should.ThrowAsync<ObjectDisposedException>(() => running.Time());
        await Should.ThrowAsync<ObjectDisposedException>(() => queued.Time());
        Should.Throw<ObjectDisposedException>(() => { _ = left.RunAsync(Arithmetic.AddOne, 1); });
    }

    [Fact]
    public async Task A_caller_may_dispose_wherever_it_goes_on_from_a_result()
    {
        for (int i = 0; i < 3; i++)
        {
            await using Executor pool = New();
            await DisposeAfterAResult(pool).Time();
            pool.Snapshot().Workers.ShouldBeEmpty();
        }

        static async Task DisposeAfterAResult(Executor pool)
        {
            await pool.RunAsync(Arithmetic.AddOne, 1).ConfigureAwait(false); // it may go on on a thread of the library
            pool.Dispose();
        }
    }

    [Fact]
    public async Task Disposing_again_and_in_the_other_way_does_nothing_more()
    {
        Executor pool = New();
        await pool.RunAsync(Arithmetic.AddOne, 1).Time();
        await pool.CloseAsync().Time();
        pool.Dispose();
        pool.Dispose();
        await pool.DisposeAsync();
        pool.Snapshot().Succeeded.ShouldBe(1);
    }
}
