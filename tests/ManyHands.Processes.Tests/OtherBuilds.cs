using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using ManyHands.Conformance;

namespace ManyHands.Processes.Tests;

/// <summary>An application whose files were replaced by those of another build while it ran.</summary>
public sealed class OtherBuilds : IDisposable
{
    private readonly Files _files = new();

    [Theory, Fault(29)]
    [InlineData("ManyHands.dll", "ManyHands.dll")]
    [InlineData("ManyHands.Conformance.Work.dll", "ManyHands.Conformance.Work")]
    public async Task A_worker_of_another_build_is_refused_by_name(string file, string named)
    {
        string folder = _files.New(), go = _files.New();
        ParentProgram.CopyTo(folder);
        await using ParentProgram parent = ParentProgram.Start(folder, "late", go);
        (await parent.ReadLine()).ShouldBe("ready");
        Rebuild(Path.Combine(folder, file));
        Files.Open(go);
        string answer = await parent.ReadLine();
        answer.ShouldContain(nameof(WorkerVersionMismatchException));
        answer.ShouldContain(named);
        (await parent.Ended()).ShouldBe(0);
    }

    [Fact, Fault(30)]
    public async Task Workers_of_the_old_build_go_on_and_one_of_a_new_library_never_joins_them()
    {
        string folder = _files.New(), go = _files.New();
        ParentProgram.CopyTo(folder);
        await using ParentProgram parent = ParentProgram.Start(folder, "rebuilt", go);
        int[] pids = await parent.ReadPids();
        Rebuild(Path.Combine(folder, "ManyHands.dll"));
        Signals.Kill(pids[0]);
        (await parent.ReadLine()).ShouldBe($"{nameof(WorkerVersionMismatchException)} refused"); // what would have taken its place

        Files.Open(go + ".1");
        (await parent.ReadLine()).ShouldBe("20 done, 0 failed");
        Signals.Kill(pids[1]);
        Files.Open(go + ".2");
        string answer = await parent.ReadLine();
        answer.ShouldContain(nameof(ExecutorBrokenException));
        answer.ShouldContain("build of ManyHands.dll");
        (await parent.Ended()).ShouldBe(0);
    }

    [Fact, Fault(30)]
    public async Task A_worker_that_finds_other_work_than_the_application_has_refuses_it_by_name()
    {
        string folder = _files.New(), go = _files.New();
        ParentProgram.CopyTo(folder);
        await using ParentProgram parent = ParentProgram.Start(folder, "rebuilt", go);
        int[] pids = await parent.ReadPids();
        Rebuild(Path.Combine(folder, "ManyHands.Conformance.Work.dll"));
        Array.ForEach(pids, Signals.Kill);
        Files.Open(go + ".1");
        (await parent.ReadLine()).ShouldBe("0 done, 20 failed: WorkerVersionMismatchException");
        Files.Open(go + ".2");
        (await parent.ReadLine()).ShouldContain("ManyHands.Conformance.Work");
        (await parent.Ended()).ShouldBe(0);
    }

    public void Dispose() => _files.Dispose();

    /// <summary>Gives an assembly the module version id of another build.</summary>
    private static void Rebuild(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        byte[] id;
        using (var reader = new PEReader([.. bytes]))
        {
            MetadataReader metadata = reader.GetMetadataReader();
            id = metadata.GetGuid(metadata.GetModuleDefinition().Mvid).ToByteArray();
        }

        int at = bytes.AsSpan().IndexOf(id);
        bytes[at] ^= 0xFF;
        File.Delete(file); // the running program keeps the old one
        File.WriteAllBytes(file, bytes);
    }
}
