using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Tests.Hybrid;

/// <summary>Who runs what.</summary>
public sealed class PlacementTests
{
    [Fact]
    public async Task Work_that_says_nothing_waits_where_it_is_asynchronous_and_computes_where_it_is_not()
    {
        await using HybridExecutor pool = Pool(out Executor computing, out Executor waiting, out _);
        await pool.RunAsync(Arithmetic.AddOne, 1).Time();
        (Done(computing), Done(waiting)).ShouldBe((1, 0));
        await pool.RunAsync(Arithmetic.Async, 1).Time();
        (Done(computing), Done(waiting)).ShouldBe((1, 1));
    }

    [Fact]
    public async Task What_work_declares_counts_more_than_what_it_returns_and_a_label_more_than_that()
    {
        await using HybridExecutor pool = Pool(out Executor computing, out Executor waiting, out Executor labelled);
        await pool.RunAsync(Arithmetic.AddOne, 1, new SubmitOptions { Kind = WorkKind.Waiting }).Time();
        await pool.RunAsync(Arithmetic.Async, 1, new SubmitOptions { Kind = WorkKind.Computing }).Time();
        await pool.RunAsync(Arithmetic.AddOne, 1, new SubmitOptions { Kind = WorkKind.Computing, Placement = "label" }).Time();
        (Done(computing), Done(waiting), Done(labelled)).ShouldBe((1, 1, 1));
    }

    [Fact]
    public async Task Every_way_to_submit_is_placed()
    {
        await using HybridExecutor pool = Pool(out Executor computing, out _, out Executor labelled);
        var options = new MapOptions { Placement = "label" };
        (await pool.MapAsync(Enumerable.Range(0, 10), Arithmetic.AddOne, options).ToList()).ShouldBe(Enumerable.Range(1, 10));
        (await pool.MapUnorderedAsync(Enumerable.Range(0, 10), Arithmetic.AddOne, options).ToList()).Order().ShouldBe(Enumerable.Range(1, 10));
        await pool.ForEachAsync(Enumerable.Range(0, 10), (int number) => { Arithmetic.AddOne(number); }, options).Time();
        await (await pool.SubmitAsync(Arithmetic.AddOne, 1, options).Time());
        pool.TrySubmit(Arithmetic.AddOne, 1, options, out Future<int>? future).ShouldBeTrue();
        await future!;
        (Done(labelled), Done(computing)).ShouldBe((32, 0));
    }

    [Fact]
    public async Task An_argument_is_copied_where_the_chosen_executor_copies_and_only_there()
    {
        await using var pool = new HybridExecutor(computing: new ContextExecutor(workers: 1), waiting: new ThreadExecutor(workers: 1));
        int captured = 1;
        Should.Throw<ArgumentException>(() => { _ = pool.RunAsync((int number) => number + captured, 1); });
        (await pool.RunAsync((int number) => number + captured, 1, new SubmitOptions { Kind = WorkKind.Waiting }).Time()).ShouldBe(2);
        pool.Traits.ShouldBe(new ExecutorTraits(Isolation.None, CopiesArguments: true, CanKill: false, Delivery.AtMostOnce));
    }

    [Fact]
    public async Task A_label_that_nobody_has_is_refused_with_those_that_there_are()
    {
        await using HybridExecutor pool = Pool(out _, out _, out _);
        Should.Throw<ArgumentException>(() => { _ = pool.RunAsync(Arithmetic.AddOne, 1, new SubmitOptions { Placement = "lable" }); })
            .Message.ShouldContain("No executor has the label 'lable'. There are: label.");
        pool.Snapshot().Failed.ShouldBe(0);
    }

    [Fact]
    public async Task Labels_are_compared_as_their_dictionary_does()
    {
        var threads = new ThreadExecutor(workers: 1);
        await using var pool = new HybridExecutor(new PlacementPolicy
        {
            Computing = threads,
            Waiting = threads,
            Labels = new Dictionary<string, Executor>(StringComparer.OrdinalIgnoreCase) { ["GPU"] = threads },
        });
        (await pool.RunAsync(Arithmetic.AddOne, 1, new SubmitOptions { Placement = "gpu" }).Time()).ShouldBe(2);
    }

    [Fact]
    public async Task One_close_closes_all_and_one_snapshot_counts_all()
    {
        HybridExecutor pool = Pool(out Executor computing, out Executor waiting, out Executor labelled);
        Task<int> slow = pool.RunAsync(Waiting.For, 50);
        await pool.RunAsync(Arithmetic.Async, 1).Time();
        await pool.CloseAsync().Time();
        (await slow).ShouldBe(50);
        ExecutorSnapshot snapshot = pool.Snapshot();
        (snapshot.Succeeded, snapshot.Inner.Count).ShouldBe((2L, 3));
        foreach (Executor executor in (Executor[])[pool, computing, waiting, labelled])
            Should.Throw<ObjectDisposedException>(() => { _ = executor.RunAsync(Arithmetic.AddOne, 1); });
    }

    [Fact]
    public void A_missing_executor_is_refused_by_name()
    {
        var threads = new ThreadExecutor(workers: 1);
        Should.Throw<ArgumentNullException>(() => new HybridExecutor(threads, null!)).Message.ShouldContain("Waiting");
        Should.Throw<ArgumentException>(() => new HybridExecutor(
            new PlacementPolicy { Computing = threads, Waiting = threads, Labels = new Dictionary<string, Executor> { ["pdf"] = null! } })).Message.ShouldContain("'pdf'");
    }

    private static HybridExecutor Pool(out Executor computing, out Executor waiting, out Executor labelled)
    {
        (computing, waiting, labelled) = (new ThreadExecutor(workers: 1), new ThreadExecutor(workers: 1), new ThreadExecutor(workers: 1));
        return new HybridExecutor(new PlacementPolicy
        {
            Computing = computing,
            Waiting = waiting,
            Labels = new Dictionary<string, Executor> { ["label"] = labelled },
        });
    }

    private static long Done(Executor executor) => executor.Snapshot().Succeeded;
}
