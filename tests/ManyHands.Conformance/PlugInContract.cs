using System.Reflection;
using System.Runtime.Loader;
using ManyHands.Conformance.Work;

namespace ManyHands.Conformance;

/// <summary>Work from load contexts of the caller's finds what it finds there, on every executor that loads it again.</summary>
public abstract class PlugInContract<TFixture> : IDisposable
    where TFixture : ExecutorFixture, new()
{
    private readonly TFixture _fixture = new();
    private readonly PlugIns _plugIns = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_plug_ins_with_two_versions_of_a_dependency_get_their_own_whoever_comes_first(bool oldFirst)
    {
        Func<int, int> old = WithDependency("OldWhole", "Shared", factor: 3, version: 1), recent = WithDependency("NewWhole", "Shared", factor: 5, version: 2);
        await using Executor pool = New();
        foreach (bool isOld in (bool[])[oldFirst, !oldFirst])
            (await pool.RunAsync(isOld ? old : recent, 2).Time()).ShouldBe(isOld ? 2 * 3 * 3 : 2 * 5 * 5);
    }

    [Fact]
    public async Task A_dependency_with_the_name_of_one_of_the_applications_own_assemblies_stays_the_plug_ins()
    {
        Func<int, int> work = WithDependency("LikeTheApplications", typeof(Arithmetic).Assembly.GetName().Name!, factor: 7, version: 1);
        await using Executor pool = New();
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2); // the application's own is loaded there before
        (await pool.RunAsync(work, 2).Time()).ShouldBe(2 * 7 * 7);
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }

    [Fact]
    public async Task What_a_host_finds_by_rules_of_its_own_is_found_too()
    {
        string part = _plugIns.Compile("OwnRulesPart", factor: 4, folder: "elsewhere");
        string trap = _plugIns.Compile("OwnRulesPart", factor: 100, folder: "whole");
        string whole = _plugIns.Compile("OwnRulesWhole", factor: 4, PlugIns.Load(trap).Method, folder: "whole");
        var context = new AssemblyLoadContext("own rules");
        context.Resolving += (context, name) => name.Name == "OwnRulesPart" ? context.LoadFromAssemblyPath(part) : null;
        Func<int, int> work = PlugIns.Load(context, whole);
        await using Executor pool = New();
        (await pool.RunAsync(work, 2).Time()).ShouldBe(2 * 4 * 4); // and not by what lies beside it
    }

    [Fact]
    public async Task A_dependency_in_another_load_context_of_the_callers_is_found_there()
    {
        string part = _plugIns.Compile("OtherContextPart", factor: 6, folder: "parts");
        string whole = _plugIns.Compile("OtherContextWhole", factor: 6, PlugIns.Load(part).Method, folder: "wholes");
        Assembly shared = new AssemblyLoadContext("shared by plug-ins").LoadFromAssemblyPath(part);
        var context = new AssemblyLoadContext("user");
        context.Resolving += (_, name) => name.Name == "OtherContextPart" ? shared : null;
        await using Executor pool = New();
        (await pool.RunAsync(PlugIns.Load(context, whole), 2).Time()).ShouldBe(2 * 6 * 6);
    }

    [Fact]
    public async Task A_rebuilt_plug_in_in_a_second_load_context_runs_beside_the_first()
    {
        Func<int, int> first = PlugIns.Host(_plugIns.Compile("Rebuilt", factor: 3, folder: "first"));
        Func<int, int> second = PlugIns.Host(_plugIns.Compile("Rebuilt", factor: 8, folder: "second"));
        await using Executor pool = New();
        for (int i = 0; i < 2; i++)
        {
            (await pool.RunAsync(first, 2).Time()).ShouldBe(6);
            (await pool.RunAsync(second, 2).Time()).ShouldBe(16);
        }
    }

    [Fact]
    public async Task What_a_plug_in_looks_up_by_name_is_found_beside_it()
    {
        _plugIns.Compile("LookedUp", factor: 2, folder: "lookup");
        Func<int, int> work = PlugIns.Host(_plugIns.CompileLookup("LooksUp", "Tool, LookedUp", "lookup"));
        await using Executor pool = New();
        (await pool.RunAsync(work, 0).Time()).ShouldBe(1);
    }

    [Fact]
    public async Task Native_libraries_of_a_plug_in_are_found_where_its_dependencies_file_says()
    {
        Func<int, int> work = PlugIns.Host(_plugIns.CompileNative("NativePlug", "native"));
        await using Executor pool = New();
        (await pool.RunAsync(work, 0).Time()).ShouldBe(await pool.RunAsync((int _) => Environment.ProcessId, 0).Time());
    }

    [Fact]
    public async Task A_plug_in_that_was_loaded_from_memory_is_refused_with_what_to_do()
    {
        var context = new AssemblyLoadContext("memory");
        using var file = new MemoryStream(await File.ReadAllBytesAsync(_plugIns.Compile("FromMemory", factor: 2)));
        var work = context.LoadFromStream(file).GetType("Tool")!.GetMethod("Multiply")!.CreateDelegate<Func<int, int>>();
        await using Executor pool = New();
        Should.Throw<ArgumentException>(() => { _ = pool.RunAsync(work, 1); }).Message.ShouldContain("LoadFromAssemblyPath");
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _plugIns.Dispose();
    }

    private Executor New() => _fixture.Create(new ExecutorOptions { Workers = 1 });

    private Func<int, int> WithDependency(string name, string dependency, int factor, int version)
    {
        string folder = $"{name}-{factor}";
        string part = _plugIns.Compile(dependency, factor, folder: folder, version: version);
        return PlugIns.Host(_plugIns.Compile(name, factor, PlugIns.Load(part).Method, folder));
    }
}
