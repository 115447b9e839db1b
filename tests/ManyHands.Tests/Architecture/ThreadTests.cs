using System.Text.RegularExpressions;

namespace ManyHands.Tests.Architecture;

/// <summary>Everything that the library starts is started in one place, which lets no exception out: one that left a thread would end the application.</summary>
public sealed partial class ThreadTests
{
    private static readonly string[] _mayStart = ["LibraryThread.cs"];

    [Fact]
    public void Only_one_file_starts_threads_timers_and_work_on_the_thread_pool()
    {
        var starting = Repository.SourcesBelow(Repository.Library)
            .Where(path => Starts(File.ReadAllText(Path.Combine(Repository.Library, path))));
        starting.ShouldBe(_mayStart);
    }

    [Theory]
    [InlineData("new Thread(Run)", true)]
    [InlineData("Thread thread = new(Run) { IsBackground = true };", true)]
    [InlineData("thread.UnsafeStart();", true)]
    [InlineData("ThreadPool.UnsafeQueueUserWorkItem(Run, null);", true)]
    [InlineData("new Timer(Run)", true)]
    [InlineData("time.CreateTimer(Run)", true)]
    [InlineData("_ = Task.Run(Run);", true)]
    [InlineData("private async void Run()", true)]
    [InlineData("LibraryThread.Start(name, Run, Failed)", false)]
    [InlineData("Thread? thread = null;", false)]
    public void The_rule_can_fail(string source, bool starts) => Starts(source).ShouldBe(starts);

    private static bool Starts(string source) => Starting().IsMatch(source);

    [GeneratedRegex(@"new (System\.Threading\.)?(Thread|Timer)\(|Thread \w+ = new\(|\.UnsafeStart\(|QueueUserWorkItem|RegisterWaitForSingleObject|CreateTimer\(|Task\.Run\(|Task\.Factory|async void [A-Z]")]
    private static partial Regex Starting();
}
