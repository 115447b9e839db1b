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
    public void The_last_marker_says_why_where_the_runtime_ended_the_process(string line, WorkerLossCause cause)
    {
        var tail = new ErrorTail();
        tail.Add("Stack overflow.");
        tail.Add("   so says a log of the work");
        tail.Add(line);
        tail.Add("   at Deep.Deeper()");
        tail.CauseOf(new ProcessEnd(null, 6)).ShouldBe(cause);
        tail.HeadlineOf(new ProcessEnd(null, 6)).ShouldBe($"{line} at Deep.Deeper()");
        tail.CauseOf(new ProcessEnd(-1073741571, null)).ShouldBe(cause); // 0xC00000FD, on Windows
    }

    [Theory]
    [InlineData(0, null, WorkerLossCause.Exited)]
    [InlineData(null, 9, WorkerLossCause.Killed)]
    [InlineData(null, 11, WorkerLossCause.Crashed)]
    public void A_marker_counts_for_nothing_where_the_process_ended_otherwise(int? exitCode, int? signal, WorkerLossCause cause)
    {
        var tail = new ErrorTail();
        tail.Add("Out of memory.");
        tail.CauseOf(new ProcessEnd(exitCode, signal)).ShouldBe(cause);
        tail.HeadlineOf(new ProcessEnd(exitCode, signal)).ShouldBeNull();
    }

    [Fact]
    public void The_headline_of_a_stack_overflow_names_the_method()
    {
        var tail = new ErrorTail();
        foreach (string line in (string[])["Stack overflow.", "Repeated 261911 times:", "--------------------------------", "   at Deep.Deeper()", "---", "   at Program.Main()"])
            tail.Add(line);
        tail.HeadlineOf(new ProcessEnd(null, 6)).ShouldBe("Stack overflow. at Deep.Deeper()");
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
