using System.Collections;
using ManyHands.Protocol;

namespace ManyHands.Processes;

/// <summary>The variables that worker processes are started with.</summary>
internal static class WorkerEnvironment
{
    // Hooks of the application, a debugger's or a profiler's, are not for its workers.
    private static readonly (string Name, string? Value)[] _runtime =
        [.. WorkerVariables.Values.Select(variable => (variable.Name, (string?)variable.Value)), ("DOTNET_STARTUP_HOOKS", null)];

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
