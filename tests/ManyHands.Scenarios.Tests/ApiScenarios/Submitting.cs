using System.Collections.Concurrent;

namespace ManyHands.Scenarios.Tests.ApiScenarios;

/// <summary>Handing in single tasks: from a call, from many threads, from the end of other tasks.</summary>
public abstract class Submitting<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [Fact]
    [Ported("cpython/executor/test_submit")]
    public async Task A_submitted_task_gives_its_result() => (await (await Pool.SubmitAsync(Numbers.Power, (2, 8))).Task.Time()).ShouldBe(256);

    [Fact]
    [Ported("cpython/executor/test_submit_keyword")]
    public async Task Arguments_go_by_their_names_and_work_that_is_missing_is_refused()
    {
        (await Pool.RunAsync(Numbers.Power, (Exponent: 8, Base: 2) is var (exponent, number) ? (number, exponent) : default).Time()).ShouldBe(256);
        (await Pool.RunAsync(static ((int Number, string Text) named) => $"{named.Text}{named.Number}", (Number: 3, Text: "fn")).Time()).ShouldBe("fn3");
        Should.Throw<ArgumentNullException>(() => { _ = Pool.SubmitAsync((Func<int, int>)null!, 1); });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [Ported("cpython/executor/test_max_workers_negative")]
    public void No_workers_and_fewer_are_refused_by_name(int workers) =>
        Should.Throw<ArgumentOutOfRangeException>(() => New(workers)).ParamName.ShouldBe("Workers");

    [Fact]
    [Ported("loky/_test_process_executor/test_thread_safety")]
    public async Task Ten_threads_map_submit_and_cancel_on_one_executor()
    {
        double[] roots = [.. Enumerable.Range(0, 40).Select(number => Math.Sqrt(number))];
        Task[] threads = [.. Enumerable.Range(0, 10).Select(_ => Task.Factory.StartNew(UseAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap())];
        await Task.WhenAll(threads).Time();

        async Task UseAll()
        {
            Task<List<double>> first = Pool.MapAsync(Enumerable.Range(0, 40), Numbers.SquareRoot).ToList();
            Future<int>[] single = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Pool.SubmitAsync(Arithmetic.AddOne, number)));
            for (int i = 0; i < single.Length; i += 2)
                single[i].Cancel();
            Task<List<double>> second = Pool.MapAsync(Enumerable.Range(0, 40), Numbers.SquareRoot).ToList();
            (await first).ShouldBe(roots);
            (await second).ShouldBe(roots);
            for (int i = 0; i < single.Length; i++)
            {
                if (i % 2 == 1)
                    (await single[i]).ShouldBe(i + 1);
                else
                    await single[i].Task.ContinueWith(done => (done.IsCanceled || done.Result == i + 1).ShouldBeTrue(), TaskScheduler.Default);
            }
        }
    }

    [Fact]
    [Ported("loky/_test_process_executor/test_submit_from_callback")]
    public async Task Three_chains_of_tasks_each_submitted_from_the_end_of_the_one_before()
    {
        var collected = new ConcurrentDictionary<string, ConcurrentQueue<int>>();
        (string, int)[] chains = [("a", 100), ("b", 50), ("c", 60)];
        await Task.WhenAll(chains.Select(Next)).Time();
        foreach (var (name, count) in chains)
            collected[name].ShouldBe(Enumerable.Range(0, count).Reverse());

        Task Next((string Name, int Count) chain) => chain.Count == 0 ? Task.CompletedTask : Pool.RunAsync(Numbers.CountDown, chain)
            .ContinueWith(
                done =>
                {
                    collected.GetOrAdd(chain.Name, _ => new()).Enqueue(done.Result.Count);
                    return Next(done.Result);
                },
                TaskContinuationOptions.ExecuteSynchronously).Unwrap();
    }

    [SkippableFact]
    [Ported("loky/_test_process_executor/test_child_env_executor")]
    public async Task Workers_have_the_variables_of_their_options_and_the_application_has_not()
    {
        NeedsProcesses("Threads have their application's environment.");
        var variables = new Dictionary<string, string?> { ["MANYHANDS_SCENARIO"] = "variable set", ["PATH"] = null };
        await using Executor pool = New(new ProcessExecutorOptions { Workers = 1, Environment = variables });
        (await pool.RunAsync(Arithmetic.Variable, "MANYHANDS_SCENARIO").Time()).ShouldBe("variable set");
        (await pool.RunAsync(Arithmetic.Variable, "PATH").Time()).ShouldBeNull();
        Environment.GetEnvironmentVariable("MANYHANDS_SCENARIO").ShouldBeNull();
    }

    [Fact]
    [Ported("cpython/test_process_pool/test_saturation")]
    [Ported("cpython/test_thread_pool/test_saturation")]
    public async Task Fifteen_tasks_for_each_worker_start_no_more_workers_than_allowed()
    {
        await using Executor pool = New(workers: 4);
        string gate = NewFile();
        Task<int>[] tasks = [.. Enumerable.Range(0, 60).Select(number => pool.RunAsync(Gated.Answer, (new Gate(NewFile(), gate), number)))];
        await Within.Until(() => pool.Snapshot() is { Running: 4 });
        pool.Snapshot().ShouldSatisfyAllConditions(then => then.Workers.Count.ShouldBe(4), then => then.Queued.ShouldBe(56));
        new Gate(NewFile(), gate).Open();
        (await Task.WhenAll(tasks).Time()).ShouldBe(Enumerable.Range(0, 60));
    }

    [Fact]
    [Ported("cpython/test_process_pool/test_idle_process_reuse_one")]
    [Ported("cpython/test_thread_pool/test_idle_thread_reuse")]
    public async Task A_task_that_finds_an_idle_worker_starts_no_other()
    {
        await using Executor pool = New(workers: 4);
        for (int i = 0; i < 3; i++)
        {
            await pool.RunAsync(Arithmetic.AddOne, i).Time();
            await Within.Until(() => pool.Snapshot() is { Running: 0 }); // the result is there a moment before the worker is free
        }

        pool.Snapshot().Workers.Count.ShouldBe(1);
    }
}

public sealed class SubmittingOnThreads(SharedExecutor<OnThreads> shared) : Submitting<OnThreads>(shared);

public sealed class SubmittingOnContexts(SharedExecutor<OnContexts> shared) : Submitting<OnContexts>(shared);

public sealed class SubmittingOnProcesses(SharedExecutor<OnProcesses> shared) : Submitting<OnProcesses>(shared);

public sealed class SubmittingOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : Submitting<OverPortableTransport>(shared);
