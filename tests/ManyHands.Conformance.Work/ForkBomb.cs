namespace ManyHands.Conformance.Work;

/// <summary>Work that makes an executor of processes and runs itself there several times, and so on: without a bound it would take the machine.</summary>
public static class ForkBomb
{
    /// <summary>Runs itself in executors within executors; gives the number of runs, and notes the process of each in a ledger.</summary>
    public static async Task<int> Explode((string Ledger, int Width) bomb)
    {
        Ledger.Note(bomb.Ledger, $"{Environment.ProcessId}\n");
        try
        {
            await using var pool = new ProcessExecutor(bomb.Width);
            int[] runs = await Task.WhenAll(Enumerable.Range(0, bomb.Width).Select(_ => pool.RunAsync(Explode, bomb)));
            return 1 + runs.Sum();
        }
        catch (ExecutorNestingException)
        {
            return 1;
        }
    }
}
