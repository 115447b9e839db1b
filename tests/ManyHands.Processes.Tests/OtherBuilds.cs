using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using ManyHands.Conformance;

namespace ManyHands.Processes.Tests;

/// <summary>F29: an application whose files were replaced by those of another build while it ran.</summary>
public sealed class OtherBuilds : IDisposable
{
    private readonly Files _files = new();

    [Theory]
    [InlineData("ManyHands.dll", "ManyHands.dll")]
    [InlineData("ManyHands.Conformance.Work.dll", "ManyHands.Conformance.Work")]
    public async Task A_worker_of_another_build_is_refused_by_name(string file, string named)
    {
        string folder = _files.New(), go = _files.New();
        Directory.CreateDirectory(folder);
        foreach (string source in Directory.GetFiles(AppContext.BaseDirectory, "ManyHands*"))
            File.Copy(source, Path.Combine(folder, Path.GetFileName(source)));
        await using ParentProgram parent = ParentProgram.Start(folder, "late", go);
        (await parent.ReadLine()).ShouldBe("ready");
        Rebuild(Path.Combine(folder, file));
        Files.Open(go);
        string answer = await parent.ReadLine();
        answer.ShouldContain(nameof(WorkerVersionMismatchException));
        answer.ShouldContain(named);
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
