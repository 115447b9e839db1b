using ManyHands.Processes;

namespace ManyHands.Tests.Processes;

public sealed class ErrorTailTests
{
    [Fact]
    public void The_marker_of_a_stack_overflow_is_kept_through_half_a_million_lines()
    {
        var tail = new ErrorTail();
        tail.Add("before");
        tail.Add("Stack overflow.");
        for (int i = 0; i < 500_000; i++)
            tail.Add("   at Deep.Deeper()");
        tail.Lines().Count.ShouldBe(21);
        tail.Lines()[0].ShouldBe("Stack overflow.");
        tail.CauseOf(new ProcessEnd(null, 6)).ShouldBe(WorkerLossCause.StackOverflow);
    }

    [Fact]
    public void Only_the_last_lines_are_kept_and_the_marker_is_not_repeated()
    {
        var tail = new ErrorTail();
        for (int i = 0; i < 100; i++)
            tail.Add($"line {i}");
        tail.Lines().ShouldBe(Enumerable.Range(80, 20).Select(i => $"line {i}"));
        tail.Add("Unhandled exception. System.Exception");
        tail.Lines().Count.ShouldBe(20);
        tail.Lines()[^1].ShouldBe("Unhandled exception. System.Exception");
    }

    [Theory]
    [InlineData("Process terminated. enough", WorkerLossCause.FailFast)]
    [InlineData("Out of memory.", WorkerLossCause.OutOfMemory)]
    [InlineData("Unhandled exception. System.Exception: x", WorkerLossCause.Crashed)]
    [InlineData("Fatal error. System.AccessViolationException", WorkerLossCause.Crashed)]
    public void The_first_marker_says_why(string line, WorkerLossCause cause)
    {
        var tail = new ErrorTail();
        tail.Add(line);
        tail.Add("Stack overflow.");
        tail.CauseOf(new ProcessEnd(null, 6)).ShouldBe(cause);
    }

    [Theory]
    [InlineData(null, WorkerLossCause.Exited)]
    [InlineData(9, WorkerLossCause.Killed)]
    [InlineData(15, WorkerLossCause.Killed)]
    [InlineData(11, WorkerLossCause.Crashed)]
    public void Without_a_marker_the_signal_says_why(int? signal, WorkerLossCause cause)
    {
        var tail = new ErrorTail();
        tail.Add("it said Stack overflow. but not at the start of a line");
        tail.CauseOf(new ProcessEnd(signal is null ? 0 : null, signal)).ShouldBe(cause);
    }
}
