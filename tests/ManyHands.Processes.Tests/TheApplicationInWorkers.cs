using System.Reflection;
using ManyHands.Conformance;

namespace ManyHands.Processes.Tests;

/// <summary>Code that asks which application it is in, and where, gets the same answer in a worker.</summary>
public sealed class TheApplicationInWorkers : IDisposable
{
    private readonly Files _files = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_worker_says_that_it_is_the_application(bool portable)
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, Portable = portable });
        (await pool.RunAsync(Identity, 0).Time()).ShouldBe(Identity(0));
    }

    [Fact]
    public async Task So_does_a_spare_and_a_worker_of_a_worker()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, WarmSpares = 1, Retire = new Retirement { AfterTasks = 1 } });
        for (int i = 0; i < 3; i++)
            (await pool.RunAsync(Identity, 0).Time()).ShouldBe(Identity(0));
        (await pool.RunAsync(
            static async (int number) =>
            {
                await using var inner = new ProcessExecutor(workers: 1);
                return await inner.RunAsync(Identity, number);
            },
            0).Time()).ShouldBe(Identity(0));
    }

    [Fact]
    public async Task Types_of_the_entry_assembly_are_those_that_the_work_sees()
    {
        await using var pool = new ProcessExecutor(workers: 1);
        (await pool.RunAsync(static (int _) => SeesItself(), 0).Time()).ShouldBe(SeesItself());
    }

    [Fact]
    public async Task What_the_application_has_set_is_there_although_the_workers_runtime_is_started_with_something_else()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions
        {
            Workers = 1,
            Environment = new Dictionary<string, string?> { ["DOTNET_gcServer"] = "1", ["DOTNET_gcConcurrent"] = null },
        });
        (await pool.RunAsync((string name) => Environment.GetEnvironmentVariable(name) ?? "none", "DOTNET_gcServer").Time()).ShouldBe("1");
        (await pool.RunAsync((string name) => Environment.GetEnvironmentVariable(name) ?? "none", "DOTNET_gcConcurrent").Time()).ShouldBe("none");
        (await pool.RunAsync((string name) => Environment.GetEnvironmentVariable(name) ?? "none", "MANYHANDS_WORKER").Time()).ShouldBe("none");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task All_workers_of_an_executor_have_the_folder_and_the_variables_of_its_creation(bool portable)
    {
        string folder = Path.GetFullPath(Directory.CreateDirectory(_files.New()).FullName);
        await using ParentProgram parent = ParentProgram.Start(null, "wandering", folder, $"{portable}");
        for (int i = 0; i < 5; i++)
            (await parent.ReadLine()).ShouldBe($"{folder}/home/file at home");
        for (int i = 0; i < 3 && !portable; i++)
            (await parent.ReadLine()).ShouldBe($"{folder}/moved/file at home");
        for (int i = 0; i < 3 && !portable; i++)
            (await parent.ReadLine()).ShouldBe($"{i + 1}"); // the folder is gone, and work that needs none goes on
        (await parent.Ended()).ShouldBe(0);
    }

    public void Dispose() => _files.Dispose();

    private static string Identity(int ignored) =>
        $"{Assembly.GetEntryAssembly()?.FullName}|{AppDomain.CurrentDomain.FriendlyName}|{AppContext.BaseDirectory}|{AppContext.GetData("APP_CONFIG_FILE")}";

    // In a test host the tests are not the entry assembly; what matters is that the answer is the same.
    private static string SeesItself()
    {
        Assembly entry = Assembly.GetEntryAssembly()!;
        return $"{ReferenceEquals(entry, typeof(TheApplicationInWorkers).Assembly)} {entry.GetTypes().Count(type => type.IsAssignableTo(typeof(IDisposable)))}";
    }
}
