namespace ManyHands.Scenarios.Tests;

/// <summary>Workers that are each held by one task, until this is disposed.</summary>
public sealed class HeldWorkers : IAsyncDisposable
{
    private readonly Gate[] _gates;
    private readonly Task<int>[] _tasks;

    private HeldWorkers(Gate[] gates, Task<int>[] tasks) => (_gates, _tasks) = (gates, tasks);

    /// <summary>The processes that they run in.</summary>
    public IReadOnlyList<int> Pids => [.. _gates.Select(gate => gate.Pid())];

    public static async Task<HeldWorkers> Hold(Executor pool, Gate[] gates)
    {
        Task<int>[] tasks = [.. gates.Select(gate => pool.RunAsync(Gated.Answer, (gate, 0)))];
        await Within.Until(() => gates.All(gate => gate.HasBegun));
        return new HeldWorkers(gates, tasks);
    }

    public async ValueTask DisposeAsync()
    {
        Array.ForEach(_gates, gate => gate.Open());
        await Task.WhenAll(_tasks).Time();
    }
}
