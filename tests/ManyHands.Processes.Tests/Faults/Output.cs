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
}
