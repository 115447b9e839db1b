namespace ManyHands.Conformance.Work;

/// <summary>What an application may have left undone when it ends. Each ends its process with code 0, so run it in a worker.</summary>
public static class Exiting
{
    private static readonly List<Executor> _held = [];

    /// <summary>Ends while a task runs that nobody awaits.</summary>
    public static async Task WithATaskRunning((Gate Gate, bool Processes) order)
    {
        Executor pool = New(order.Processes);
        Task<int> task = pool.RunAsync(Gated.Answer, (order.Gate, 1));
        while (!order.Gate.HasBegun && !task.IsCompleted)
            await Task.Delay(5);
        Crashing.Exit(0);
    }

    /// <summary>Ends while an executor drains, and nobody awaits that.</summary>
    public static async Task WhileClosing((Gate Gate, bool Processes) order)
    {
        Executor pool = New(order.Processes);
        Task<int> task = pool.RunAsync(Gated.Answer, (order.Gate, 1));
        while (!order.Gate.HasBegun && !task.IsCompleted)
            await Task.Delay(5);
        _ = pool.CloseAsync();
        Crashing.Exit(0);
    }

    /// <summary>Submits a task when the process is ending already, and writes what came of it.</summary>
    public static async Task AndSubmittingLate((string File, bool Processes) order)
    {
        Executor pool = New(order.Processes);
        await pool.RunAsync(Arithmetic.AddOne, 1);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            try
            {
                Task<int> late = pool.RunAsync(Arithmetic.AddOne, 41);
                File.WriteAllText(order.File, late.Wait(TimeSpan.FromSeconds(30)) ? $"{late.Result}" : "nothing");
            }
            catch (Exception error) when (error is ObjectDisposedException or AggregateException)
            {
                File.WriteAllText(order.File, error.GetType().Name);
            }
        };
        Crashing.Exit(0);
    }

    private static Executor New(bool processes)
    {
        Executor pool = processes ? new ProcessExecutor(workers: 1) : new ThreadExecutor(workers: 1);
        _held.Add(pool);
        return pool;
    }
}
