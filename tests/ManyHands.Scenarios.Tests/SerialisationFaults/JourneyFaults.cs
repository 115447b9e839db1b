namespace ManyHands.Scenarios.Tests.SerialisationFaults;

/// <summary>Every place of a task's journey × every way to go wrong: the named error for that task, results for all others.</summary>
public abstract class JourneyFaults<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    /// <summary>What the originals expect too.</summary>
    public static TheoryData<Where, Way> Same() => new()
    {
        { Where.WritingArgument, Way.Exit },
        { Where.WritingArgument, Way.Throw },
        { Where.Running, Way.Throw },
        { Where.WritingResult, Way.Throw },
    };

    /// <summary>What breaks the pool of the originals, or ends it.</summary>
    public static TheoryData<Where, Way> Stronger() => new()
    {
        { Where.ReadingArgument, Way.Exit },
        { Where.ReadingArgument, Way.ExitAtOnce },
        { Where.ReadingArgument, Way.Throw },
        { Where.ReadingArgument, Way.Fault },
        { Where.Running, Way.Fault },
        { Where.Running, Way.Exit },
        { Where.Running, Way.ExitAtOnce },
        { Where.WritingResult, Way.Fault },
        { Where.WritingResult, Way.Exit },
        { Where.WritingResult, Way.ExitAtOnce },
        { Where.ReadingResult, Way.Exit },
        { Where.ReadingResult, Way.Throw },
    };

    [SkippableTheory]
    [MemberData(nameof(Same))]
    [Ported("loky/test_reusable_executor/test_crashes")]
    [Fault(9), Fault(10)]
    public Task A_task_with_an_error_on_its_way_fails_alone(Where where, Way way) => FailsAlone(where, way);

    [SkippableTheory]
    [MemberData(nameof(Stronger))]
    [Ported("loky/test_reusable_executor/test_crashes", Stronger = true)]
    [Fault(2), Fault(5), Fault(12), Fault(13)]
    public Task A_task_that_ends_its_worker_or_cannot_be_read_fails_alone(Where where, Way way) => FailsAlone(where, way);

    [SkippableTheory]
    [MemberData(nameof(Same))]
    [Ported("loky/test_reusable_executor/test_in_callback_submit_with_crash")]
    public Task A_task_with_an_error_on_its_way_fails_alone_when_a_continuation_submitted_it(Where where, Way way) =>
        FailsAloneFromContinuation(where, way);

    [SkippableTheory]
    [MemberData(nameof(Stronger))]
    [Ported("loky/test_reusable_executor/test_in_callback_submit_with_crash", Stronger = true)]
    public Task A_task_that_ends_its_worker_or_cannot_be_read_fails_alone_when_a_continuation_submitted_it(Where where, Way way) =>
        FailsAloneFromContinuation(where, way);

    private async Task FailsAlone(Where where, Way way)
    {
        NeedsWhatGoesWrong(where, way);
        Task<int>[] before = Neighbours();
        Exception error = where == Where.WritingArgument
            ? Should.Throw<Exception>(() => { _ = JourneyFault.Provoke(Pool, where, way); }) // in the call itself: nothing was queued
            : await ErrorOf(() => JourneyFault.Provoke(Pool, where, way));
        Task<int>[] after = Neighbours();
        JourneyFault.Check(error, where, way);
        await Give(before, after);
    }

    private async Task FailsAloneFromContinuation(Where where, Way way)
    {
        NeedsWhatGoesWrong(where, way);
        Gate gate = NewGate();
        Task<int> first = Pool.RunAsync(Gated.Answer, (gate, 42));
        Task second = first.ContinueWith(_ => JourneyFault.Provoke(Pool, where, way), TaskContinuationOptions.ExecuteSynchronously).Unwrap();
        Task<int>[] neighbours = Neighbours();
        gate.Open();
        Exception error = await ErrorOf(() => second);
        (await first).ShouldBe(42);
        JourneyFault.Check(error, where, way);
        await Give(neighbours);
    }

    private Task<int>[] Neighbours() => [.. Enumerable.Range(0, 10).Select(number => Pool.RunAsync(Arithmetic.AddOne, number))];

    private static async Task Give(params Task<int>[][] neighbours)
    {
        foreach (Task<int>[] some in neighbours)
            (await Task.WhenAll(some).Time()).ShouldBe(Enumerable.Range(1, 10));
    }

    private static async Task<Exception> ErrorOf(Func<Task> submit) => await Should.ThrowAsync<Exception>(() => submit().Time());

    private void NeedsWhatGoesWrong(Where where, Way way)
    {
        if (where != Where.Running)
            NeedsCopies();
        if (way != Way.Throw && where is (Where.Running or Where.ReadingArgument or Where.WritingResult))
            NeedsProcesses();
    }
}

public sealed class JourneyFaultsOnThreads(SharedExecutor<OnThreads> shared) : JourneyFaults<OnThreads>(shared);

public sealed class JourneyFaultsOnContexts(SharedExecutor<OnContexts> shared) : JourneyFaults<OnContexts>(shared);

public sealed class JourneyFaultsOnProcesses(SharedExecutor<OnProcesses> shared) : JourneyFaults<OnProcesses>(shared);

public sealed class JourneyFaultsOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : JourneyFaults<OverPortableTransport>(shared);
