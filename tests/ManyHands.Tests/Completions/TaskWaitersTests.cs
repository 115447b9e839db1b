using ManyHands.Completions;

namespace ManyHands.Tests.Completions;

/// <summary>That the runtime keeps who waits for a task where it is looked for. It may change in any version: then these fail, and nobody is found to wait.</summary>
public sealed class TaskWaitersTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private readonly TaskCompletionSource<int> _source = new();

    [Fact]
    public void Nobody_waits_for_a_task_that_is_only_kept_and_nobody_for_one_that_has_ended()
    {
        TaskWaiters.Of(_source.Task).ShouldBeEmpty();
        _source.SetResult(1);
        TaskWaiters.Of(_source.Task).ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_awaits_is_found_and_who_awaits_that()
    {
        Task<int> inner = Await(_source.Task), outer = Await(inner);
        TaskWaiters.Of(_source.Task).ShouldBe([inner]);
        TaskWaiters.Behind(_source.Task).ShouldBe([inner, outer]);
        _source.SetResult(3);
        (await outer).ShouldBe(3);
    }

    [Fact]
    public async Task Who_awaits_without_the_thread_pool_is_found_if_that_is_said_and_no_longer_than_it_lasts()
    {
        Task unseen = AwaitHere(isSeen: false);
        TaskWaiters.Of(_source.Task).ShouldBeEmpty();
        Task seen = AwaitHere(isSeen: true), outer = Task.WhenAll(seen, unseen);
        TaskWaiters.Behind(_source.Task).ShouldBe([seen, outer]);
        _source.SetResult(3);
        TaskWaiters.Of(_source.Task).ShouldBeEmpty();
        await outer;

        async Task AwaitHere(bool isSeen) => await ((Task)_source.Task).Here(isSeen);
    }

    [Fact]
    public void Several_who_await_are_all_found()
    {
        Task[] all = [Await(_source.Task), Await(_source.Task), AwaitAsValue(_source.Task).AsTask()];
        TaskWaiters.Of(_source.Task).ShouldBe(all);
    }

    [Fact]
    public void Who_waits_for_all_of_several_is_found()
    {
        Task untyped = Task.WhenAll((Task)_source.Task, new TaskCompletionSource().Task);
        Task<int[]> typed = Task.WhenAll(_source.Task, new TaskCompletionSource<int>().Task);
        TaskWaiters.Behind(_source.Task).ShouldBe([untyped, typed]);
    }

    [Fact]
    public void The_task_for_asynchronous_work_on_the_thread_pool_is_found()
    {
        Task outer = Task.Run(() => Await(_source.Task));
        SpinWait.SpinUntil(() => TaskWaiters.Behind(_source.Task).Contains(outer), _limit).ShouldBeTrue();
    }

    [Theory]
    [InlineData("Wait")]
    [InlineData("Result")]
    [InlineData("GetResult")]
    [InlineData("WaitAll")]
    [InlineData("ToBlockingEnumerable")]
    public void A_blocked_thread_is_found(string way)
    {
        var thread = new Thread(() =>
        {
            switch (way)
            {
                case "Wait":
                    _source.Task.Wait();
                    break;
                case "Result":
                    _ = _source.Task.Result;
                    break;
                case "GetResult":
                    _source.Task.GetAwaiter().GetResult();
                    break;
                case "WaitAll":
                    Task.WaitAll(_source.Task, Task.CompletedTask);
                    break;
                default:
                    _ = Sequence().ToBlockingEnumerable().First();
                    break;
            }
        });
        thread.Start();
        SpinWait.SpinUntil(() => TaskWaiters.Behind(_source.Task).Any(waiter => waiter is ManualResetEventSlim) && IsBlocked(thread), _limit).ShouldBeTrue();
        _source.SetResult(1);
        thread.Join(_limit).ShouldBeTrue();
    }

    [Fact]
    public async Task A_delegate_that_is_executed_is_known_by_its_task()
    {
        Task<object?> task = Task.Run(() => (object?)TaskWaiters.Executing);
        (await task).ShouldBeSameAs(task);
        Task? ofThread = task;
        var thread = new Thread(() => ofThread = TaskWaiters.Executing);
        thread.Start();
        thread.Join(_limit).ShouldBeTrue();
        ofThread.ShouldBeNull();
    }

    [Fact]
    public void Who_may_go_on_without_it_does_not_count()
    {
        _ = Task.WhenAny(_source.Task, new TaskCompletionSource<int>().Task);
        _ = Task.WhenAny(_source.Task, new TaskCompletionSource<int>().Task, new TaskCompletionSource<int>().Task);
        _ = _source.Task.WaitAsync(_limit);
        _ = _source.Task.ContinueWith(_ => { }, TaskScheduler.Default);
        TaskWaiters.Of(_source.Task).ShouldBeEmpty();
    }

    [Fact]
    public async Task Looking_while_waiters_come_and_go_does_no_harm()
    {
        using var stop = new CancellationTokenSource();
        Task waiters = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                await Task.WhenAny(Enumerable.Range(0, 20).Select(_ => _source.Task.WaitAsync(TimeSpan.FromTicks(1))));
        });
        for (int i = 0; i < 10_000; i++)
            TaskWaiters.Behind(_source.Task).ShouldBeEmpty();
        await stop.CancelAsync();
        await waiters.WaitAsync(_limit);
    }

    private static bool IsBlocked(Thread thread) => (thread.ThreadState & ThreadState.WaitSleepJoin) != 0;

    // In a synchronization context of somebody's own, as the test's, there would be something else between.
    private static async Task<int> Await(Task<int> task) => await task.ConfigureAwait(false);

    private static async ValueTask<int> AwaitAsValue(Task<int> task) => await task.ConfigureAwait(false);

    private Reader Sequence() => new(_source.Task);

    /// <summary>As the reader of a map: each move is a task.</summary>
    private sealed class Reader(Task<int> move) : IAsyncEnumerable<int>, IAsyncEnumerator<int>
    {
        public int Current => 1;

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => this;

        public ValueTask<bool> MoveNextAsync() => new(Move());

        public ValueTask DisposeAsync() => default;

        private async Task<bool> Move() => await move.ConfigureAwait(false) == 1;
    }
}
