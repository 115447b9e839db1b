namespace ManyHands.Protocol;

/// <summary>Variables that tune the runtime of a worker. The parent sets them; the worker takes them away again before any task runs.</summary>
internal static class WorkerVariables
{
    // Every killed process would leave three files of its diagnostics port behind.
    private const string Diagnostics = "DOTNET_EnableDiagnostics";

    // A worker runs a task at a time beside others: one heap, collected by the thread that fills it; 4 MiB of young objects keep a worker
    // at 10 instead of 22 MiB after garbage-heavy work at the same speed.
    private const string ServerHeap = "DOTNET_gcServer";
    private const string BackgroundCollection = "DOTNET_gcConcurrent";
    private const string YoungSize = "DOTNET_GCgen0size";

    /// <summary>Names and values. The numbers are hexadecimal.</summary>
    public static IReadOnlyList<(string Name, string Value)> Values { get; } =
        [(Diagnostics, "0"), (ServerHeap, "0"), (BackgroundCollection, "0"), (YoungSize, "400000")];

    public static IEnumerable<string> Tuning => Values.Select(variable => variable.Name);
}
