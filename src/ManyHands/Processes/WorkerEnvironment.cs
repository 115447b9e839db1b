using System.Collections;
using System.Globalization;
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
    /// <param name="own">The executor's own.</param>
    /// <param name="memoryLimit">Bytes that a worker may have in all, or null.</param>
    public static Dictionary<string, string> Build(IReadOnlyDictionary<string, string?> own, long? memoryLimit = null)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = (string?)variable.Value ?? "";
        if (memoryLimit is { } limit)
            variables[WorkerVariables.HeapLimit] = HeapLimit(limit).ToString("X", CultureInfo.InvariantCulture);
        foreach (var (name, value) in _runtime.Concat(own.Select(pair => (pair.Key, pair.Value))))
        {
            if (value is null)
                variables.Remove(name);
            else
                variables[name] = value;
        }

        return variables;
    }

    /// <summary>
    /// Variables that a worker's runtime is started with other values for, or without: work, and programs that it starts, find them as the application has them.
    /// </summary>
    /// <param name="own">The executor's own.</param>
    public static Dictionary<string, string> Hidden(IReadOnlyDictionary<string, string?> own)
    {
        var hidden = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in _runtime.Select(variable => variable.Name).Append(WorkerVariables.HeapLimit).Where(name => name != WorkerVariables.Marker))
        {
            if ((own.TryGetValue(name, out string? value) ? value : Environment.GetEnvironmentVariable(name)) is { } seen)
                hidden[name] = seen;
        }

        return hidden;
    }

    // What is left is for the runtime and for what is allocated outside of its heap: work that wants too much is to hear of it from the
    // runtime, which costs it one exception, before its whole worker is killed.
    private static long HeapLimit(long memoryLimit) => memoryLimit - Math.Max(64L << 20, memoryLimit / 5);
}
