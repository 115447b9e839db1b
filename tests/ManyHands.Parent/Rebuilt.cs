using ManyHands;
using ManyHands.Conformance.Work;

/// <summary>An application whose files are replaced while its workers run.</summary>
internal static class Rebuilt
{
    /// <summary>
    /// Tells its workers; each kind of failed start when it comes; once GO.1 is there, what became of twenty tasks; once GO.2 is, what one more gives.
    /// </summary>
    public static async Task Run(string go, Func<string, Task> tell)
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions
        {
            Workers = 2,
            Output = WorkerOutput.Discard,
            RestartLimit = new RestartLimit { Failures = 2 },
            Observer = new FirstFailedStart(tell),
        });
        await pool.ForEachAsync(Enumerable.Range(0, 20), (int i) => { Waiting.For(10 + (i % 2)); });
        await tell(string.Join(' ', pool.Snapshot().Workers.Select(worker => worker.Pid)));
        await Appears(go + ".1");
        Task<int>[] tasks = [.. Enumerable.Range(0, 20).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
        int failed = 0;
        var errors = new HashSet<string>();
        foreach (Task<int> task in tasks)
        {
            try
            {
                await task;
            }
            catch (Exception error)
            {
                failed++;
                errors.Add(error.GetType().Name);
            }
        }

        await tell($"{20 - failed} done, {failed} failed{(failed > 0 ? ": " : "")}{string.Join(", ", errors)}");
        await Appears(go + ".2");
        try
        {
            await tell($"{await pool.RunAsync(Arithmetic.AddOne, 1)}");
        }
        catch (Exception error)
        {
            await tell($"{error.GetType().Name}: {error.Message}".ReplaceLineEndings(" "));
        }
    }

    private static async Task Appears(string file)
    {
        while (!File.Exists(file))
            await Task.Delay(5);
    }

    private sealed class FirstFailedStart(Func<string, Task> tell) : ExecutorObserver
    {
        private int _told;

        public override void Observe(ExecutorEvent executorEvent)
        {
            if (executorEvent is WorkerStartFailed failed && Interlocked.Exchange(ref _told, 1) == 0)
                tell($"{failed.Error.GetType().Name} refused").Wait();
        }
    }
}
