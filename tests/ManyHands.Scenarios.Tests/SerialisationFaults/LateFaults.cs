using System.Runtime.CompilerServices;

namespace ManyHands.Scenarios.Tests.SerialisationFaults;

/// <summary>Values that do harm after their task has ended, and errors that have to tell what happened far away.</summary>
public abstract class LateFaults<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [SkippableTheory]
    [InlineData(Way.Fault)]
    [InlineData(Way.ExitAtOnce)]
    [Ported("loky/test_reusable_executor/test_call_item_gc_crash_or_exit", Stronger = true)]
    public async Task An_object_that_ends_its_worker_when_it_is_collected_costs_no_other_task(Way way)
    {
        NeedsProcesses();
        await using Executor pool = New(workers: 1);
        Gate gate = NewGate();
        int pid = await pool.RunAsync(DyingLater.LeaveFinalizable, (gate, way)).Time();
        gate.Open(); // its finalizer may run: the result had been sent
        await Within.Until(() => !Processes.IsAlive(pid));
        Task<int>[] next = [.. Enumerable.Range(0, 20).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        (await Task.WhenAll(next).Time()).ShouldBe(Enumerable.Range(1, 20));
        pool.Snapshot().WorkersLost.ShouldBe(1);
        pool.Snapshot().Failed.ShouldBe(0);
    }

    [SkippableFact]
    [Ported("loky/test_reusable_executor/test_informative_error_when_fail_at_unpickle", Stronger = true)]
    public async Task The_error_about_an_argument_that_cannot_be_read_says_what_the_worker_met()
    {
        NeedsCopies();
        var error = await Should.ThrowAsync<PayloadException>(() => Pool.RunAsync(Bombs.Take, Bomb.Of(Moment.Decoding, Way.Throw)).Time());
        error.Message.ShouldContain("The worker could not read the argument");
        error.Message.ShouldContain("It went off.");
        error.ToString().ShouldContain(nameof(FormatException));
    }

    [SkippableFact]
    [Ported("cpython/test_interpreter_pool/test_pickle_errors_propagate")]
    public async Task An_error_while_a_value_is_read_reaches_the_caller_again_and_again()
    {
        NeedsCopies();
        for (int i = 0; i < 20; i++)
        {
            await Should.ThrowAsync<PayloadException>(() => Pool.RunAsync(Bombs.Take, Bomb.Of(Moment.Decoding, Way.Throw)).Time());
            await Should.ThrowAsync<PayloadException>(() => Pool.RunAsync(Bombs.Make, (Moment.Decoding, Way.Throw, Environment.ProcessId)).Time());
        }
    }

    [SkippableFact]
    [Ported("cpython/test_process_pool/test_traceback")]
    [Fault(11)]
    public async Task An_error_brings_the_stack_of_the_worker_along()
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(() => Pool.RunAsync(Failing.Throw, "123").Time());
        error.Message.ShouldBe("123");
        error.ToString().ShouldContain($"{nameof(Failing)}.{nameof(Failing.Throw)}");
        error.ToString().ShouldContain("Failing.cs");
    }

    [SkippableFact]
    [Ported("cpython/test_process_pool/test_ressources_gced_in_workers")]
    public async Task A_worker_keeps_no_argument_of_a_task_that_has_ended()
    {
        await using Executor pool = New(workers: 1);
        await Watch(pool);
        bool collected = false;
        for (int i = 0; i < 100 && !collected; i++)
            collected = await pool.RunAsync(DyingLater.IsCollected, 0).Time();
        collected.ShouldBeTrue();
    }

    // In a method of its own: where nothing has to be waited for, the frame that made the argument would last as long as the test, and keep it alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task Watch(Executor pool) => await pool.RunAsync(DyingLater.Watch, new Thing(7)).Time();
}

public sealed class LateFaultsOnThreads(SharedExecutor<OnThreads> shared) : LateFaults<OnThreads>(shared);

public sealed class LateFaultsOnContexts(SharedExecutor<OnContexts> shared) : LateFaults<OnContexts>(shared);

public sealed class LateFaultsOnProcesses(SharedExecutor<OnProcesses> shared) : LateFaults<OnProcesses>(shared);

public sealed class LateFaultsOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : LateFaults<OverPortableTransport>(shared);
