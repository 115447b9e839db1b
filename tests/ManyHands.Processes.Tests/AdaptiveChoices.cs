using System.Diagnostics;
using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests;

/// <summary>What an <see cref="AdaptiveExecutor"/> chooses for real work, and that the choice changes nothing else.</summary>
public sealed class AdaptiveChoices : IDisposable
{
    private readonly Files _files = new();

    [Fact]
    public async Task Work_that_waits_ends_up_on_many_threads_of_this_process()
    {
        await using var pool = new AdaptiveExecutor();
        await foreach (int _ in pool.MapUnorderedAsync(Enumerable.Repeat(20, 2000), Adapting.Wait))
        {
            if (ChoiceOf(pool, nameof(Adapting.Wait)) is { Executor: nameof(ThreadExecutor), Workers: > 32 } raised && raised.Reason.Contains("at once end", StringComparison.Ordinal))
                break; // more than it began with
        }

        WorkChoice choice = ChoiceOf(pool, nameof(Adapting.Wait));
        choice.Executor.ShouldBe(nameof(ThreadExecutor));
        choice.Workers.ShouldBeGreaterThan(2 * Environment.ProcessorCount); // how many more than at first depends on what else the machine does
        choice.Reason.ShouldStartWith("waits: ");
        (await pool.RunAsync(Adapting.WaitAndTell, 20).Time()).ShouldNotBe(Environment.ProcessId); // each method is learnt for itself
    }

    [SkippableFact]
    public async Task Work_that_computes_stays_in_processes()
    {
        await using var pool = new AdaptiveExecutor();
        List<int> pids = await pool.MapAsync(Enumerable.Repeat(10, 40), Adapting.Compute).ToList().Time();
        WorkChoice choice = ChoiceOf(pool, nameof(Adapting.Compute));
        Skip.If(choice.Reason.StartsWith("waits: ", StringComparison.Ordinal), $"the machine gave its processors to others for most of the time ({choice.Reason})");
        pids.ShouldNotContain(Environment.ProcessId);
        choice.Executor.ShouldBe(nameof(ProcessExecutor));
        choice.Workers.ShouldBeLessThanOrEqualTo(2 * Environment.ProcessorCount, choice.Reason); // others may have had the processors for half of the time
        choice.Reason.ShouldStartWith("computes: ");
    }

    [Fact]
    public async Task Tasks_that_were_all_submitted_before_anything_was_known_go_where_they_belong()
    {
        await using var pool = new AdaptiveExecutor(new AdaptiveExecutorOptions { Workers = 1, QueueLimit = 300 });
        Task<int>[] tasks = [.. Enumerable.Range(0, 500).Select(_ => pool.RunAsync(Adapting.WaitAndTell, 30))]; // more than the queue holds
        int[] pids = await Task.WhenAll(tasks).Time();
        pids.Count(pid => pid == Environment.ProcessId).ShouldBeGreaterThan(250);
        pids.Count(pid => pid != Environment.ProcessId).ShouldBeGreaterThan(0);
        pool.Snapshot().Succeeded.ShouldBe(500);
    }

    [Fact]
    public async Task A_task_that_waits_for_long_does_not_have_to_end_to_be_known()
    {
        await using var pool = new AdaptiveExecutor(new AdaptiveExecutorOptions { Workers = 1 });
        string gate = _files.New();
        (string Begun, string Gate)[] files = [.. Enumerable.Range(0, 6).Select(_ => (_files.New(), gate))];
        Task<string>[] tasks = [.. files.Select(file => pool.RunAsync(Waiting.ForFile, file))];
        await Within.Until(() => files.All(file => File.Exists(file.Begun))); // one worker process could have begun only one
        Files.Open(gate);
        await Task.WhenAll(tasks).Time();
        ChoiceOf(pool, nameof(Waiting.ForFile)).Executor.ShouldBe(nameof(ThreadExecutor));
    }

    [Fact]
    public async Task Work_that_crashes_never_takes_the_caller_down_and_stays_in_processes()
    {
        await using var pool = new AdaptiveExecutor(new AdaptiveExecutorOptions { Workers = 2 });
        await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Adapting.WaitOrCrash, 0).Time());
        var options = new MapOptions { OnFailure = OnFailure.Continue };
        var pids = new List<int>();
        var error = await Should.ThrowAsync<MapFailedException>(async () =>
        {
            await foreach (int pid in pool.MapUnorderedAsync(Enumerable.Range(0, 60), Adapting.WaitOrCrash, options))
                pids.Add(pid);
        });
        error.Failures.ShouldAllBe(failure => failure.Error is WorkerLostException);
        error.Failures.Select(failure => failure.Index).ShouldBe([0, 20, 40]);
        pids.Count.ShouldBe(57);
        pids.ShouldNotContain(Environment.ProcessId);
        WorkChoice choice = ChoiceOf(pool, nameof(Adapting.WaitOrCrash));
        choice.Executor.ShouldBe(nameof(ProcessExecutor));
        choice.Reason.ShouldContain("cost a worker process its life");
    }

    [Fact]
    public async Task What_a_submission_says_of_itself_is_believed()
    {
        await using var pool = new AdaptiveExecutor();
        (await pool.RunAsync(Adapting.WaitAndTell, 1, new SubmitOptions { Kind = WorkKind.Waiting }).Time()).ShouldBe(Environment.ProcessId);
        (await pool.RunAsync(Adapting.Compute, 1, new SubmitOptions { Kind = WorkKind.Computing }).Time()).ShouldNotBe(Environment.ProcessId);
        ChoiceOf(pool, nameof(Adapting.WaitAndTell)).Reason.ShouldContain("its submission says so");
    }

    [Fact]
    public async Task A_result_of_a_worker_process_above_the_limit_is_its_task_s_error()
    {
        await using var pool = new AdaptiveExecutor(new AdaptiveExecutorOptions { Workers = 1, MaxResult = 100_000 });
        var computing = new SubmitOptions { Kind = WorkKind.Computing };
        var error = await Should.ThrowAsync<PayloadTooLargeException>(() => pool.RunAsync(Bytes, 200_000, computing).Time());
        (error.Limit, error.Side).ShouldBe((100_000, PayloadSide.ParentResult));
        (await pool.RunAsync(Bytes, 90_000, computing).Time()).Length.ShouldBe(90_000);
        Should.Throw<ArgumentOutOfRangeException>(() => new AdaptiveExecutor(new AdaptiveExecutorOptions { MaxResult = 0 })).ParamName.ShouldBe("MaxResult");
    }

    [Fact]
    public async Task What_a_task_waits_in_line_for_is_cancelled_wherever_it_has_moved()
    {
        await using var pool = new AdaptiveExecutor(new AdaptiveExecutorOptions { Workers = 1, MostWaiting = 1 });
        string gate = _files.New(), begun = _files.New(), second = _files.New(), never = _files.New();
        Task<string> first = pool.RunAsync(Waiting.ForFile, (begun, gate));
        Task<string> next = pool.RunAsync(Waiting.ForFile, (second, gate));
        using var cancel = new CancellationTokenSource();
        Task<string> queued = pool.RunAsync(Waiting.ForFile, (never, gate), cancel.Token);
        await Within.Until(() => File.Exists(second)); // on the only thread, so what is behind it has moved too
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => queued.Time());
        Files.Open(gate);
        await Task.WhenAll(first, next).Time();
        File.Exists(never).ShouldBeFalse();
        pool.Snapshot().Cancelled.ShouldBe(1);
    }

    [Fact]
    public async Task The_callers_culture_and_nothing_else_of_its_context_is_there_on_threads_too()
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        await using var pool = new AdaptiveExecutor();
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo("de-DE");
            Adapting.Ambient.Value = "the caller's";
            var waits = new SubmitOptions { Kind = WorkKind.Waiting };
            (await pool.RunAsync(Arithmetic.Culture, 1234.5, waits).Time()).ShouldBe("1.234,50");
            (await pool.RunAsync(Adapting.ReadAmbient, 0, waits).Time()).ShouldBe("none");
            (await pool.MapAsync([0], Adapting.ReadAmbient, new MapOptions { Kind = WorkKind.Waiting }).ToList().Time()).ShouldBe(["none"]);
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public async Task Closing_with_drain_lets_what_moved_end_too()
    {
        var pool = new AdaptiveExecutor(new AdaptiveExecutorOptions { Workers = 1 });
        Task<int>[] tasks = [.. Enumerable.Range(0, 100).Select(_ => pool.RunAsync(Adapting.WaitAndTell, 20))];
        await pool.CloseAsync(CloseMode.Drain).Time();
        tasks.ShouldAllBe(task => task.IsCompletedSuccessfully);
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [Fact]
    public async Task Closing_with_drain_loses_nothing_of_a_method_that_turns_out_to_be_dangerous()
    {
        var pool = new AdaptiveExecutor(new AdaptiveExecutorOptions { Workers = 1, MostWaiting = 4 });
        var waiting = new SubmitOptions { Kind = WorkKind.Waiting };
        Task<int>[] tasks = [.. Enumerable.Range(0, 100).Select(number => pool.RunAsync(Adapting.WaitOrRunOut, number, waiting))];
        Task<int> busy = pool.RunAsync(Adapting.WaitAndTell, 1000, new SubmitOptions { Kind = WorkKind.Computing });
        await pool.CloseAsync(CloseMode.Drain).Time();
        busy.IsCompletedSuccessfully.ShouldBeTrue();
        tasks.Count(task => task.IsCompletedSuccessfully).ShouldBe(99);
        tasks.Single(task => task.IsFaulted).Exception!.InnerException.ShouldBeOfType<InsufficientMemoryException>();
    }

    public void Dispose() => _files.Dispose();

    private static byte[] Bytes(int length) => new byte[length];

    private static WorkChoice ChoiceOf(AdaptiveExecutor pool, string method) =>
        pool.Snapshot().Choices.Single(choice => choice.Work.EndsWith($".{method}", StringComparison.Ordinal));
}

/// <summary>Work whose kind is not written on it.</summary>
public static class Adapting
{
    private static readonly ManualResetEvent _never = new(initialState: false);

    public static AsyncLocal<string?> Ambient { get; } = new();

    public static int Wait(int milliseconds)
    {
        _never.WaitOne(milliseconds);
        return milliseconds;
    }

    public static int WaitOrRunOut(int number)
    {
        _never.WaitOne(20);
        return number == 60 ? throw new InsufficientMemoryException("no ink") : number;
    }

    public static int WaitAndTell(int milliseconds)
    {
        _never.WaitOne(milliseconds);
        return Environment.ProcessId;
    }

    /// <summary>Computes for at least this time.</summary>
    public static int Compute(int milliseconds)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < milliseconds)
            Arithmetic.Heat(10_000);
        return Environment.ProcessId;
    }

    public static int WaitOrCrash(int number)
    {
        if (number % 20 == 0)
            Environment.FailFast("It crashes now and then.");
        _never.WaitOne(5);
        return Environment.ProcessId;
    }

    public static void ThrowHere(int caller)
    {
        if (Environment.ProcessId == caller)
            throw new InvalidOperationException("It ran in the process of its caller.");
    }

    public static string ReadAmbient(int ignored) => Ambient.Value ?? "none";
}
