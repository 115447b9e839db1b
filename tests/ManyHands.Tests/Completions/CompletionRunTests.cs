using System.Collections.Concurrent;
using System.Diagnostics;
using ManyHands.Completions;
using ManyHands.Payloads;

namespace ManyHands.Tests.Completions;

public sealed class CompletionRunTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    [Fact]
    public void Continuations_run_in_order_on_the_thread_that_publishes()
    {
        var seen = new List<(int, int)>();
        bool whole = false;
        for (int attempt = 0; attempt < 50 && !whole; attempt++)
        {
            // The first continuations are compiled while they run, which looks as if they were stuck.
            using var run = RunOf(_ => { });
            seen.Clear();
            whole = run.Publish([.. Enumerable.Range(0, 3).Select(number => Ended(() => seen.Add((number, Environment.CurrentManagedThreadId))))], here: true);
            run.IsInside.ShouldBeFalse();
        }

        int here = Environment.CurrentManagedThreadId;
        seen.ShouldBe([(0, here), (1, here), (2, here)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_continuation_that_blocks_holds_up_nobody_else(int pauses)
    {
        // With a pause the watch has gone to sleep in between, and must wake.
        for (int i = 0; i <= pauses; i++)
        {
            if (i > 0)
                Thread.CurrentThread.Join(TimeSpan.FromMilliseconds(500));
            using var free = new ManualResetEventSlim();
            using var others = new CountdownEvent(2);
            using var taken = new ManualResetEventSlim();
            List<Ending> rest = [];
            using var run = RunOf(left =>
            {
                rest = left;
                foreach (Ending ending in left)
                    ending.Item.Publish();
                taken.Set();
            });
            bool goesOn = true;
            var endings = new List<Ending> { Ended(free.Wait), Ended(() => others.Signal()), Ended(() => others.Signal()) };
            var thread = new Thread(() => goesOn = run.Publish(endings, here: true));
            thread.Start();

            others.Wait(_limit).ShouldBeTrue();
            taken.Wait(_limit).ShouldBeTrue();
            rest.Count.ShouldBe(3, "the one that blocks is among them: nobody knows how far it has come");
            free.Set();
            thread.Join(_limit).ShouldBeTrue();
            goesOn.ShouldBeFalse();
        }
    }

    [Fact]
    public void Where_one_has_blocked_continuations_are_not_trusted_for_a_while_if_the_thread_pool_says_so()
    {
        // Said on the thread pool, and true for a tenth of a second: a test that is slow to look makes another one.
        long start = Stopwatch.GetTimestamp();
        bool isSeen = false;
        while (!isSeen && Stopwatch.GetElapsedTime(start) < _limit)
        {
            using var free = new ManualResetEventSlim();
            using var taken = new ManualResetEventSlim();
            using var run = RunOf(_ => taken.Set());
            var thread = new Thread(() => run.Publish([Ended(free.Wait)], here: true));
            thread.Start();
            taken.Wait(_limit).ShouldBeTrue();
            isSeen = SpinWait.SpinUntil(static () => !CompletionWatch.TrustsContinuations, TimeSpan.FromMilliseconds(500));
            free.Set();
            thread.Join(_limit).ShouldBeTrue();
        }

        isSeen.ShouldBeTrue();
    }

    [Fact]
    public void One_that_was_nearly_given_up_is_still_looked_after()
    {
        // Stuck when it was looked at, and gone on when it was to be given up: the longer ones here are caught at that again and again.
        var random = new Random(5);
        using var free = new ManualResetEventSlim();
        for (int i = 0; i < 300; i++)
        {
            bool last = i % 30 == 29;
            using var taken = new ManualResetEventSlim();
            using var run = RunOf(_ => taken.Set());
            var thread = new Thread(() =>
            {
                for (int burst = 0; burst < 3; burst++)
                {
                    long until = Stopwatch.GetTimestamp() + (random.Next(1000, 4500) * (Stopwatch.Frequency / 1_000_000));
                    if (!run.Publish([Ended(() => SpinWait.SpinUntil(() => Stopwatch.GetTimestamp() > until))], here: true))
                        return;
                }

                run.Publish([Ended(free.Wait)], here: true);
            });
            thread.Start();
            taken.Wait(_limit).ShouldBeTrue();
            if (last)
            {
                free.Set();
                thread.Join(_limit).ShouldBeTrue();
                free.Reset();
            }
        }

        free.Set();
    }

    [Fact]
    public async Task Who_awaits_goes_on_elsewhere_where_continuations_are_not_trusted()
    {
        var item = NewItem();
        using var free = new ManualResetEventSlim();
        Task<bool> caller = Await();
        item.Complete(0, [1, 0, 0, 0]);
        using var run = RunOf(_ => { });
        _ = run.Publish([new Ending(item, TimeSpan.Zero)], here: false);
        item.Completion.IsCompletedSuccessfully.ShouldBeTrue();
        SynchronizationContext.Current.ShouldBeNull();
        free.Set();
        (await caller).ShouldBeTrue();

        async Task<bool> Await()
        {
            await item.Completion.ConfigureAwait(false);
            return free.Wait(_limit); // would wait in vain inside of Publish
        }
    }

    [Fact]
    public void Of_many_that_block_each_gets_a_thread_where_no_result_has_to_be_read()
    {
        using var free = new ManualResetEventSlim();
        using var blocked = new CountdownEvent(5);
        for (int i = 0; i < 5; i++)
        {
            CompletionThread.Post(Ended(() =>
            {
                blocked.Signal();
                free.Wait();
            }).Item);
        }

        blocked.Wait(_limit).ShouldBeTrue();
        free.Set();
    }

    [Fact]
    public void Quick_continuations_by_the_thousand_from_several_threads_run_once_each()
    {
        var counts = new ConcurrentDictionary<int, int>();
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(thread => new Thread(() =>
        {
            List<Ending> Next(int burst) =>
                [.. Enumerable.Range(0, 50).Select(i => Ended(() => counts.AddOrUpdate((thread * 10_000) + (burst * 50) + i, 1, (_, count) => count + 1)))];

            void Publish(List<Ending> rest)
            {
                foreach (Ending ending in rest)
                    ending.Item.Publish();
            }

            var run = RunOf(Publish);
            for (int burst = 0; burst < 100; burst++)
            {
                if (!run.Publish(Next(burst), here: true))
                    run = RunOf(Publish); // a busy machine may make anything look stuck
            }

            run.Dispose();
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Wait(() => counts.Count == 15_000);
        counts.Values.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public void Where_nobody_can_take_over_the_thread_keeps_its_duty_and_it_is_tried_again()
    {
        using var free = new ManualResetEventSlim();
        using var taken = new ManualResetEventSlim();
        int tries = 0;
        using var run = new CompletionRun(() => ++tries < 4 ? null : left => taken.Set());
        bool goesOn = true;
        var thread = new Thread(() => goesOn = run.Publish([Ended(free.Wait)], here: true));
        thread.Start();
        taken.Wait(_limit).ShouldBeTrue();
        tries.ShouldBe(4);
        free.Set();
        thread.Join(_limit).ShouldBeTrue();
        goesOn.ShouldBeFalse();
    }

    [Fact]
    public void A_successor_does_what_is_left_or_goes_where_it_is_not_needed()
    {
        var done = new ConcurrentQueue<(int Count, Thread Thread)>();
        Action<List<Ending>?> needed = Successor.TryStart("needed", left => done.Enqueue((left.Count, Thread.CurrentThread))).ShouldNotBeNull();
        Action<List<Ending>?> unneeded = Successor.TryStart("unneeded", left => done.Enqueue((-1, Thread.CurrentThread))).ShouldNotBeNull();
        unneeded(null);
        needed([Ended(() => { })]);
        Wait(() => !done.IsEmpty);
        (int count, Thread thread) = done.ShouldHaveSingleItem();
        count.ShouldBe(1);
        thread.Join(_limit).ShouldBeTrue();
    }

    private static CompletionRun RunOf(Action<List<Ending>> takeOver) => new(() => left =>
    {
        if (left is not null)
            takeOver(left);
    });

    private static void Wait(Func<bool> condition) => SpinWait.SpinUntil(condition, _limit).ShouldBeTrue();

    private static TaskItem<int, int> NewItem() =>
        new(new Work<int, int>((Func<int, int>)Math.Abs), 1, SubmitOptions.Default, PayloadCodec.Default, mayRunHere: false, default);

    private static Ending Ended(Action continuation)
    {
        TaskItem<int, int> item = NewItem();
        item.Completion.ContinueWith(_ => continuation(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        item.Complete(0, [1, 0, 0, 0]);
        return new Ending(item, TimeSpan.Zero);
    }
}
