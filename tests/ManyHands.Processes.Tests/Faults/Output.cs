using System.Collections.Concurrent;
using System.Globalization;
using ManyHands.Conformance;
using ManyHands.Conformance.Work;
using ManyHands.Protocol;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>What work prints: it lands where output lands, bounded, and never among the frames.</summary>
public sealed class Output
{
    private const long Flood = 200_000_000;

    [Theory, Fault(17)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task A_flood_passes_by_the_task_ends_and_the_application_does_not_grow(bool error, bool lines)
    {
        await using ParentProgram parent = ParentProgram.Start(null, "flood", $"{Flood}", $"{error}", $"{lines}");
        long[] figures = [.. (await parent.ReadLine()).Split(' ').Select(long.Parse)];
        (long printed, long kept, long peak) = (figures[0], figures[1], figures[2]);
        printed.ShouldBe(Flood);
        kept.ShouldBeLessThan(5_000_000);
        peak.ShouldBeLessThan(Flood / 2);
        (await parent.Ended()).ShouldBe(0);
    }

    [Theory, Fault(17)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_a_flood_before_the_end_the_last_lines_are_in_the_error_and_no_more(bool lines)
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        var error = await Should.ThrowAsync<WorkerLostException>(() => pool.RunAsync(Printing.FloodThenExit, (20_000_000L, true, lines)).Time());
        error.ExitCode.ShouldBe(5);
        error.LastLines.Count.ShouldBe(20);
        error.LastLines.SkipLast(1).ShouldAllBe(line => line.Length == (lines ? 99 : 8192));
        error.Message.Length.ShouldBeLessThan(10_000);
    }

    [Theory]
    [InlineData("thread")]
    [InlineData("context")]
    [InlineData("process")]
    [InlineData("lanes")]
    [InlineData("portable")]
    [InlineData("hybrid")]
    [InlineData("adaptive")]
    public async Task What_a_task_prints_is_on_the_console_before_its_result_and_not_lost_when_the_application_ends_with_it(string executor)
    {
        await using ParentProgram parent = ParentProgram.Start(null, "talking", executor);
        string[] lines = await parent.ReadToEnd();
        (await parent.Ended()).ShouldBe(0);
        int[] results = [.. lines.Where(line => line.StartsWith("result ", StringComparison.Ordinal)).Select(line => int.Parse(line["result ".Length..], CultureInfo.InvariantCulture))];
        int[] expected = [.. Enumerable.Range(0, 50).SelectMany(i => (int[])[i, 100 + i]), .. Enumerable.Range(200, 100), .. executor == "process" ? (int[])[300] : [], 400, 500];
        results.ShouldBe(expected);
        foreach (int result in results)
        {
            string[] said = result == 300 ? ["native", "child"] : result < 200 ? ["out", "error", "rest"] : ["out", "error"];
            int at = Array.IndexOf(lines, $"result {result}");
            foreach (string what in said)
                Array.IndexOf(lines, $"task {result} {what}").ShouldBeInRange(0, at - 1, $"{what} of {result}, in {string.Join(" | ", lines)}");
        }
    }

    [Fact]
    public async Task An_observer_that_takes_no_lines_holds_up_results_for_a_moment_and_not_for_ever()
    {
        using var stuck = new StuckObserver();
        await using var pool = new ProcessExecutor(FaultPool.Options(1) with { Output = WorkerOutput.Observer, Observer = stuck });
        await pool.RunAsync(Printing.Line, ("first", false)).Time();
        for (int i = 0; i < 100; i++)
            await pool.RunAsync(Printing.Line, ($"{i}", false)).Time(); // not two seconds for each
        stuck.Release();
        await pool.RunAsync(Printing.Line, ("last", false)).Time();
        await pool.CloseAsync().Time();
        stuck.Lines.ShouldBe(["first", .. Enumerable.Range(0, 100).Select(i => $"{i}"), "last"]);
    }

    [Fact]
    public async Task An_observer_that_is_stuck_for_good_does_not_keep_the_executor_from_closing()
    {
        using var stuck = new StuckObserver();
        var pool = new ProcessExecutor(FaultPool.Options(1) with { Output = WorkerOutput.Observer, Observer = stuck });
        await pool.RunAsync(Printing.Line, ("first", false)).Time();
        await pool.CloseAsync(CloseMode.Kill).Time();
        stuck.Lines.ShouldBeEmpty();
    }

    [Fact, Fault(18)]
    public async Task Frames_that_work_prints_are_output_like_any_other()
    {
        await using ProcessExecutor pool = FaultPool.Of(1);
        byte[] frames = new byte[128 * (FrameHeader.Size + sizeof(int))];
        for (ushort slot = 0; slot < 128; slot++)
            new FrameHeader(FrameKind.Result, sizeof(int), slot, Task: slot).Write(frames.AsSpan(slot * (FrameHeader.Size + sizeof(int))));
        foreach (bool error in (bool[])[false, true])
        {
            Task<int>[] others = [.. Enumerable.Range(0, 20).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
            (await pool.RunAsync(Printing.Raw, (frames, error)).Time()).ShouldBe(frames.Length);
            (await Task.WhenAll(others).Time()).ShouldBe(Enumerable.Range(1, 20));
        }

        (pool.Snapshot().WorkersLost, pool.Snapshot().Failed).ShouldBe((0, 0));
    }

    private sealed class StuckObserver : ExecutorObserver, IDisposable
    {
        private readonly ManualResetEventSlim _gate = new();

        public ConcurrentQueue<string> Lines { get; } = new();

        public void Release() => _gate.Set();

        public override void Observe(ExecutorEvent executorEvent)
        {
            if (executorEvent is not WorkerPrinted printed)
                return;
            _gate.Wait();
            Lines.Enqueue(printed.Line);
        }

        public void Dispose() => _gate.Set(); // and left to the collector: a thread may still wait
    }
}
