using System.Collections;

namespace ManyHands.Processes;

/// <summary>The variables that worker processes are started with.</summary>
internal static class WorkerEnvironment
{
    private static readonly (string Name, string? Value)[] _runtime =
    [
        // Every killed process would leave three files of its diagnostics port behind.
        ("DOTNET_EnableDiagnostics", "0"),

        // A worker runs a task at a time beside others: one heap, collected by the thread that fills it; 4 MiB of young objects keep a
        // worker at 10 instead of 22 MiB after garbage-heavy work at the same speed. The numbers are hexadecimal.
        ("DOTNET_gcServer", "0"),
        ("DOTNET_gcConcurrent", "0"),
        ("DOTNET_GCgen0size", "400000"),

        // Hooks of the application, a debugger's or a profiler's, are not for its workers.
        ("DOTNET_STARTUP_HOOKS", null),
    ];

    /// <summary>
    /// This process's variables as they are now, set by code included; then what the runtime needs in a worker; then the executor's own, which
    /// win over both.
    /// </summary>
    public static Dictionary<string, string> Build(IReadOnlyDictionary<string, string?> own)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        foreach (var (name, value) in _runtime.Concat(own.Select(pair => (pair.Key, pair.Value))))
        {
            if (value is null)
                variables.Remove(name);
            else
                variables[name] = value;
        }

        return variables;
    }
}
