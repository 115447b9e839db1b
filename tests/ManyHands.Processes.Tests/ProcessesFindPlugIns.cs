using ManyHands.Conformance;

namespace ManyHands.Processes.Tests;

public sealed class ProcessesFindPlugIns : PlugInContract<ProcessFixture>;

public sealed class ProcessesFindPlugInsOverThePortableTransport : PlugInContract<PortableProcessFixture>;

/// <summary>Plug-ins whose files do not stay as they were.</summary>
public sealed class PlugInFilesThatChange : IDisposable
{
    private readonly PlugIns _plugIns = new();

    [Fact]
    public async Task A_file_that_was_replaced_after_the_caller_had_loaded_it_is_refused_with_what_to_do()
    {
        Func<int, int> work = PlugIns.Host(_plugIns.Compile("Replaced", factor: 3, folder: "one"));
        _plugIns.Compile("Replaced", factor: 4, folder: "one");
        await using var pool = new ProcessExecutor(workers: 1);
        var error = await Should.ThrowAsync<WorkerVersionMismatchException>(() => pool.RunAsync(work, 2).Time());
        error.Message.ShouldContain("replaced");
        error.Message.ShouldContain("from a folder of its own");
        error.Message.ShouldNotContain("restart it");
    }

    [Fact]
    public async Task So_is_a_dependency_of_it_and_never_run_in_silence()
    {
        string part = _plugIns.Compile("ReplacedPart", factor: 3, folder: "one");
        Func<int, int> work = PlugIns.Host(_plugIns.Compile("ReplacedWhole", factor: 3, PlugIns.Load(part).Method, "one"));
        await using var pool = new ProcessExecutor(workers: 1);
        ManyHands.Payloads.WorkReference.From(work); // as if it had been submitted before
        _plugIns.Compile("ReplacedPart", factor: 4, folder: "one");
        var error = await Should.ThrowAsync<Exception>(() => pool.RunAsync(work, 2).Time());
        error.ToString().ShouldContain("'ReplacedPart, Version=1.0.0.0");
        error.ToString().ShouldContain("replaced");
    }

    [Fact]
    public async Task A_dependency_that_is_gone_is_an_error_that_names_it()
    {
        string part = _plugIns.Compile("GonePart", factor: 3, folder: "one");
        Func<int, int> work = PlugIns.Host(_plugIns.Compile("GoneWhole", factor: 3, PlugIns.Load(part).Method, "one"));
        ManyHands.Payloads.WorkReference.From(work);
        File.Delete(part);
        await using var pool = new ProcessExecutor(workers: 1);
        (await Should.ThrowAsync<Exception>(() => pool.RunAsync(work, 2).Time())).ToString().ShouldContain("GonePart");
    }

    public void Dispose() => _plugIns.Dispose();
}
