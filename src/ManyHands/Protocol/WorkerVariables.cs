namespace ManyHands.Protocol;

/// <summary>Variables that tune the runtime of a worker. The parent sets them; the worker takes them away again before any task runs.</summary>
internal static class WorkerVariables
{
    // Every killed process would leave three files of its diagnostics port behind.
    private const string Diagnostics = "DOTNET_EnableDiagnostics";

    // A worker runs a task at a time beside others: one heap, collected by the thread that fills it. At most 4 MiB of young objects before
    // each collection keep it at 11 instead of 31 MiB after garbage-heavy work, and no slower (bench/rivals, memory).
    private const string ServerHeap = "DOTNET_gcServer";
    private const string BackgroundCollection = "DOTNET_gcConcurrent";
    private const string YoungSize = "DOTNET_GCgen0size";
    private const string YoungLimit = "DOTNET_GCGen0MaxBudget";

    /// <summary>
    /// Says that a process was started to be a worker. A worker takes it away with the others; in a process that still has it the launch went
    /// wrong, and some other program runs, perhaps the application itself.
    /// </summary>
    public const string Marker = "MANYHANDS_WORKER";

    /// <summary>Names and values. The numbers are hexadecimal.</summary>
    public static IReadOnlyList<(string Name, string Value)> Values { get; } =
        [(Diagnostics, "0"), (ServerHeap, "0"), (BackgroundCollection, "0"), (YoungSize, "400000"), (YoungLimit, "400000"), (Marker, "1")];

    /// <summary>The most that managed objects may take.</summary>
    public const string HeapLimit = "DOTNET_GCHeapHardLimit";

    public static IEnumerable<string> Tuning => Values.Select(variable => variable.Name).Append(HeapLimit);
}
