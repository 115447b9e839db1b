using ManyHands;
using ManyHands.Conformance.Work;

/// <summary>One busy and one idle worker under a short heartbeat, in an application that a test stops for longer than that.</summary>
internal static class Stalled
{
    /// <summary>Prints the workers' process ids, waits for the file, and prints how many were lost.</summary>
    public static async Task Run(string gate, TimeSpan limit, Func<string, Task> tell)
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2, HeartbeatLimit = limit });
        await pool.ForEachAsync(Enumerable.Range(0, 20), (int i) => { Waiting.For(10 + (i % 2)); });
        Task<string> busy = pool.RunAsync(Waiting.ForFile, (gate + ".begun", gate));
        while (!File.Exists(gate + ".begun"))
            await Task.Delay(5);
        await tell(string.Join(' ', pool.Snapshot().Workers.Select(worker => worker.Pid)));
        while (!File.Exists(gate))
            await Task.Delay(5);
        long lost = pool.Snapshot().WorkersLost;
        await busy;
        await tell($"{lost} lost");
    }
}
