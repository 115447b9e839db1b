using System.Diagnostics.CodeAnalysis;
using ManyHands;
using ManyHands.Conformance.Work;

/// <summary>An application whose thread pool is full of blocked items. What executors do for it needs none of its threads.</summary>
internal static class Starved
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    /// <summary>Tries all, each on an executor of its own, on a thread that is none of the pool's.</summary>
    [SuppressMessage("Usage", "VSTHRD002", Justification = "To await would need the thread pool.")]
    public static void Run(string executor, Action<string> tell)
    {
        Starving.Pool(500);
        foreach (var (name, attempt) in Attempts())
        {
            Executor pool = executor switch
            {
                "processes" => new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, KillAfter = TimeSpan.FromMinutes(5), QueueLimit = 1 }),
                "contexts" => new ContextExecutor(new ContextExecutorOptions { Workers = 1, KillAfter = TimeSpan.FromMinutes(5), QueueLimit = 1 }),
                _ => new ThreadExecutor(new ExecutorOptions { Workers = 1, KillAfter = TimeSpan.FromMinutes(5), QueueLimit = 1 }),
            };
            bool ended = attempt(pool).Wait(_limit) && pool.CloseAsync().Wait(_limit);
            tell($"{name}: {(ended ? "ended" : "waits")}");
        }
    }

    // Each awaits without returning to where it came from, so what comes after an await runs where the library lets it.
    private static IEnumerable<(string Name, Func<Executor, Task> Attempt)> Attempts() =>
    [
        ("a cancelled task", async pool =>
        {
            using var cancel = new CancellationTokenSource();
            string begun = Path.GetTempFileName() + ".begun";
            Task<string> task = pool.RunAsync(Waiting.ForFilePolitely, (begun, begun + ".never"), cancel.Token);
            SpinWait.SpinUntil(() => File.Exists(begun), _limit);
            cancel.Cancel();
            await Ends<OperationCanceledException>(task);
            File.Delete(begun);
        }),
        ("a failed task", pool => Ends<InvalidOperationException>(pool.RunAsync(Failing.Throw, "no"))),
        ("a result that is decoded", async pool =>
        {
            for (int i = 0; i < 3; i++)
                await pool.RunAsync(static i => new[] { $"{i}" }, i);
        }),
        ("a full queue", async pool =>
        {
            for (int i = 0; i < 20; i++)
                await pool.SubmitAsync(Arithmetic.AddOne, i);
        }),
        ("a map", async pool =>
        {
            int count = 0;
            await foreach (int _ in pool.MapAsync(Enumerable.Range(0, 5000).Where(static _ => true), Arithmetic.AddOne))
                count++;
            if (count != 5000)
                throw new InvalidOperationException($"{count} results");
        }),
        ("a map that is left", async pool =>
        {
            await foreach (int _ in pool.MapUnorderedAsync(Enumerable.Range(0, 100), Arithmetic.AddOne))
                break;
        }),
        ("a map that is cancelled", async pool =>
        {
            using var cancel = new CancellationTokenSource();
            using var never = new ManualResetEventSlim();
            IAsyncEnumerator<int> map = pool.MapAsync(Blocked(never), Arithmetic.AddOne, cancel.Token).GetAsyncEnumerator();
            Task<bool> next = map.MoveNextAsync().AsTask();
            cancel.Cancel();
            await Ends<OperationCanceledException>(next);
            never.Set();
        }),
        ("a map of a closed executor", async pool =>
        {
            using var never = new ManualResetEventSlim();
            IAsyncEnumerator<int> map = pool.MapAsync(Blocked(never), Arithmetic.AddOne).GetAsyncEnumerator();
            Task<bool> next = map.MoveNextAsync().AsTask();
            await pool.CloseAsync();
            await Ends<ObjectDisposedException>(next);
            never.Set();
        }),
    ];

    private static IEnumerable<int> Blocked(ManualResetEventSlim gate)
    {
        gate.Wait();
        yield return 1;
    }

    private static async Task Ends<TError>(Task task) where TError : Exception
    {
        try
        {
            await task;
        }
        catch (TError)
        {
            return;
        }

        throw new InvalidOperationException($"There was no {typeof(TError)}.");
    }
}
