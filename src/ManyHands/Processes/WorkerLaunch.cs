using System.Runtime.InteropServices;

namespace ManyHands.Processes;

/// <summary>The command that starts a worker: <c>dotnet exec</c> with this library as the program and the application's own files beside it.</summary>
/// <remarks>
/// So a worker can load what the application can load, without a second executable and without running the application's <c>Main</c>: under
/// <c>dotnet run</c>, <c>dotnet app.dll</c>, file-based apps and test hosts alike.
/// </remarks>
internal sealed record WorkerLaunch(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>First argument of every worker; Hosting/WorkerEntryPoint expects it.</summary>
    private const string WorkerWord = "worker";

    /// <summary>For people.</summary>
    public string Description => $"{Program} {string.Join(' ', Arguments)}";

    /// <summary>The command for this application.</summary>
    /// <exception cref="WorkerStartException">A file that it needs does not exist; the message says which.</exception>
    public static WorkerLaunch Find()
    {
        string library = typeof(WorkerLaunch).Assembly.Location;
        if (library.Length == 0)
        {
            throw new WorkerStartException(
                "Worker processes cannot be started from a single-file application: ManyHands.dll has no file of its own there. "
                + "Publish with PublishSingleFile=false, or use a ThreadExecutor.");
        }

        string[] depsFiles = (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string ?? "").Split(
            Path.PathSeparator == ';' ? [';'] : [';', ':'], StringSplitOptions.RemoveEmptyEntries);
        string? deps = Array.Find(depsFiles, file => !file.StartsWith(SharedFrameworks(), StringComparison.Ordinal) && File.Exists(file));
        string config = FindRuntimeConfig(deps);
        List<string> arguments = ["exec"];
        if (deps is not null)
            arguments.AddRange(["--depsfile", deps]);
        arguments.AddRange(["--runtimeconfig", config, library, WorkerWord]);
        return new WorkerLaunch(FindDotnet(), arguments);
    }

    private static string FindRuntimeConfig(string? deps)
    {
        string[] candidates =
        [
            .. deps is null ? Array.Empty<string>() : [deps[..^".deps.json".Length] + ".runtimeconfig.json"],
            Path.Combine(AppContext.BaseDirectory, AppDomain.CurrentDomain.FriendlyName + ".runtimeconfig.json"),
        ];
        return Array.Find(candidates, File.Exists) ?? throw new WorkerStartException(
            $"Worker processes need the application's runtimeconfig.json, and {string.Join(" and ", candidates)} do not exist. "
            + "Deploy it beside the application; the build writes it there.");
    }

    // Environment.ProcessPath is the application itself under `dotnet run`, so the host is found from the runtime it has loaded:
    // <root>/shared/Microsoft.NETCore.App/<version>/.
    private static string FindDotnet()
    {
        string root = Path.GetFullPath(Path.Combine(SharedFrameworks(), ".."));
        string dotnet = Path.Combine(root, Platform.CurrentPlatform.IsWindows ? "dotnet.exe" : "dotnet");
        return File.Exists(dotnet) ? dotnet : throw new WorkerStartException(
            $"Worker processes are started with the dotnet host, and {dotnet} does not exist. A self-contained application has none: publish "
            + "it framework-dependent, or use a ThreadExecutor.");
    }

    private static string SharedFrameworks() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", ".."));
}
