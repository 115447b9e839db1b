using ManyHands.Conformance;

namespace ManyHands.Processes.Tests;

/// <summary>The library as a package, in a project outside of the repository that knows nothing of it.</summary>
public sealed class PackedLibrary : IDisposable
{
    private readonly Files _files = new();

    [Fact]
    public async Task A_project_elsewhere_runs_work_in_processes_with_the_package_alone()
    {
        string folder = _files.New(), packages = _files.New();
        Directory.CreateDirectory(folder);
        await Dotnet(Samples.Repository, "pack", "src/ManyHands", "--output", packages, "--configuration", "Release", "-v", "quiet");
        await File.WriteAllTextAsync(Path.Combine(folder, "Consumer.csproj"), """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="ManyHands" Version="*" />
              </ItemGroup>
            </Project>
            """);
        await File.WriteAllTextAsync(Path.Combine(folder, "Program.cs"), """
            using ManyHands;

            await using var pool = new ProcessExecutor(workers: 2);
            int[] pids = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => pool.RunAsync(Work.Process, number)));
            Console.WriteLine(pids.Contains(Environment.ProcessId) ? "here" : "elsewhere");
            await foreach (Order order in pool.MapAsync([new Order("tea", 3), new Order("cake", 1)], Work.Double))
                Console.WriteLine(order);

            public record Order(string What, int Count);

            public static class Work
            {
                public static int Process(int ignored) => Environment.ProcessId;

                public static Order Double(Order order) => order with { Count = order.Count * 2 };
            }
            """);
        await Dotnet(folder, "restore", "--source", packages, "--packages", Path.Combine(folder, "cache"));
        await Dotnet(folder, "build", "--no-restore", "-v", "quiet");
        CommandResult result = await Dotnet(folder, "run", "--no-build");
        result.Output.ReplaceLineEndings("\n").ShouldBe("elsewhere\nOrder { What = tea, Count = 6 }\nOrder { What = cake, Count = 2 }\n");
    }

    public void Dispose() => _files.Dispose();

    private static async Task<CommandResult> Dotnet(string folder, params string[] arguments)
    {
        ExternalCommand command = ExternalCommand.Create("dotnet", arguments) with { WorkingDirectory = folder, Timeout = TimeSpan.FromMinutes(3) };
        CommandResult result = await command.RunAsync();
        result.Succeeded.ShouldBeTrue($"dotnet {string.Join(' ', arguments)}: {result.Output}{result.Error}");
        return result;
    }
}
