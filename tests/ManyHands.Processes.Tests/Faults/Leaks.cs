using ManyHands.Conformance;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>What is left of executors that were used in every way and closed: nothing, however often. In a process of its own, since others run here.</summary>
public sealed class Leaks : IDisposable
{
    private readonly Files _files = new();

    [Fact, Fault(49)]
    public async Task Descriptors_threads_files_and_processes_are_as_many_as_before_and_memory_does_not_grow()
    {
        string temporary = Directory.CreateDirectory(_files.New()).FullName, mark = $"MANYHANDS_TEST_MARK={Guid.NewGuid()}";
        string[] variable = mark.Split('=');
        await using ParentProgram parent = ParentProgram.StartBy(
            [.. ParentProgram.OwnSession, "dotnet"], null, new() { ["TMPDIR"] = temporary, [variable[0]] = variable[1] }, "leaks", "10000", mark);
        long[] grown = [.. (await parent.ReadLine()).Split(' ').Select(long.Parse)];
        grown[0].ShouldBeLessThanOrEqualTo(0, "descriptors");
        grown[1].ShouldBeLessThanOrEqualTo(0, "threads");
        grown[2].ShouldBeLessThanOrEqualTo(0, "temporary files");
        grown[3].ShouldBeLessThanOrEqualTo(0, "processes");
        grown[4].ShouldBeLessThan(1_000_000, "bytes");
        (await parent.Ended()).ShouldBe(0);
    }

    public void Dispose() => _files.Dispose();
}
