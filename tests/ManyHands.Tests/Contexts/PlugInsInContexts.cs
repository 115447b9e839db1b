using System.Reflection;
using System.Runtime.Loader;
using ManyHands.Conformance;

namespace ManyHands.Tests.Contexts;

/// <summary>Work that is not among the application's assemblies, with what it refers to.</summary>
public sealed class PlugInsInContexts : IDisposable
{
    private readonly PlugIns _plugIns = new();

    public void Dispose() => _plugIns.Dispose();

    [Fact]
    public async Task A_plug_in_from_a_context_of_its_own_is_loaded_again_with_what_lies_beside_it()
    {
        Func<int, int> part = PlugIns.Load(_plugIns.Compile("ContextPart", factor: 5));
        await Copies(PlugIns.Load(_plugIns.Compile("ContextWhole", factor: 5, part.Method)), 2, 50);
    }

    [Fact]
    public async Task A_plug_in_that_the_application_has_loaded_from_a_file_is_loaded_again_with_what_lies_beside_it()
    {
        Func<int, int> part = PlugIns.Load(_plugIns.Compile("FilePart", factor: 5));
        Assembly whole = AssemblyLoadContext.Default.LoadFromAssemblyPath(_plugIns.Compile("FileWhole", factor: 5, part.Method));
        await Copies(whole.GetType("Tool")!.GetMethod("Multiply")!.CreateDelegate<Func<int, int>>(), 2, 50);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plug_in_that_the_application_finds_by_a_handler_of_its_own_is_loaded_again_too(bool byLoadFile)
    {
        string suffix = byLoadFile ? "File" : "Probing";
        string partPath = _plugIns.Compile($"HandledPart{suffix}", factor: 5);
        string wholePath = _plugIns.Compile($"HandledWhole{suffix}", factor: 5, PlugIns.Load(partPath).Method);
        Assembly? Find(AssemblyName name) => new[] { partPath, wholePath }.FirstOrDefault(path => Path.GetFileNameWithoutExtension(path) == name.Name) is { } path
            ? byLoadFile ? Assembly.LoadFile(path) : AssemblyLoadContext.Default.LoadFromAssemblyPath(path)
            : null;
        Assembly? Answer(object? sender, ResolveEventArgs wanted) => Find(new AssemblyName(wanted.Name));
        Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) => Find(name);
        if (byLoadFile)
            AppDomain.CurrentDomain.AssemblyResolve += Answer;
        else
            AssemblyLoadContext.Default.Resolving += Resolve;
        try
        {
            Assembly whole = Find(new AssemblyName($"HandledWhole{suffix}"))!;
            await Copies(whole.GetType("Tool")!.GetMethod("Multiply")!.CreateDelegate<Func<int, int>>(), 2, 50);
        }
        finally
        {
            AppDomain.CurrentDomain.AssemblyResolve -= Answer;
            AssemblyLoadContext.Default.Resolving -= Resolve;
        }
    }

    private static async Task Copies(Func<int, int> work, int argument, int result)
    {
        await using var pool = new ContextExecutor(workers: 1);
        int before = Loaded(work);
        (await pool.RunAsync(work, argument).Time()).ShouldBe(result);
        Loaded(work).ShouldBe(before + 1);
    }

    private static int Loaded(Func<int, int> work)
    {
        string name = work.Method.Module.Assembly.FullName!;
        return AppDomain.CurrentDomain.GetAssemblies().Count(assembly => assembly.FullName == name);
    }
}
