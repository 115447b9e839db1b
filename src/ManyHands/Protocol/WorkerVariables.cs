namespace ManyHands.Protocol;

/// <summary>Variables that tune the runtime of a worker. The parent sets them; the worker takes them away again before any task runs.</summary>
internal static class WorkerVariables
{
    // Every killed process would leave three files of its diagnostics port behind.
    private const string Diagnostics = "DOTNET_EnableDiagnostics";

    // A worker runs a task at a time beside others: one heap, collected by the thread that fills it. It may have 16 MiB of young objects before
    // each collection: on machines with large caches the runtime would let it have hundreds, and 4 MiB make work that keeps much half as slow again.
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
    public static (string Name, string Value)[] Values { get; } =
        [(Diagnostics, "0"), (ServerHeap, "0"), (BackgroundCollection, "0"), (YoungSize, "1000000"), (YoungLimit, "1000000"), (Marker, "1")];

    /// <summary>The most that managed objects may take.</summary>
    public const string HeapLimit = "DOTNET_GCHeapHardLimit";

    /// <summary>Takes them away from this process: they are for it alone, and programs that a task starts tune themselves.</summary>
    public static void Clear()
    {
        foreach (var (name, _) in Values)
            Environment.SetEnvironmentVariable(name, null);
        Environment.SetEnvironmentVariable(HeapLimit, null);
    }
}
