using System.Diagnostics.CodeAnalysis;
using ManyHands;
using ManyHands.Conformance.Work;

/// <summary>An application whose thread pool is full of blocked items. What executors do for it needs none of its threads.</summary>
/// <remarks>Nothing is awaited here: the runtime itself sends an await to the thread pool if the task ends at that very moment.</remarks>
[SuppressMessage("Usage", "VSTHRD002", Justification = "To await would need the thread pool.")]
internal static class Starved
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    /// <summary>Tries all, each on an executor of its own, on a thread that is none of the pool's.</summary>
    public static void Run(string executor, Action<string> tell)
    {
        TryAll(executor, static _ => { }); // compiles the code: meanwhile a task may end that is about to be awaited, and the runtime sends that await to the thread pool
        Starving.Pool(500);
        TryAll(executor, tell);
    }

    private static void TryAll(string executor, Action<string> tell)
    {
        foreach (var (name, attempt) in Attempts())
        {
            Executor pool = executor switch
            {
                "processes" => new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, KillAfter = TimeSpan.FromMinutes(5), QueueLimit = 1 }),
                "contexts" => new ContextExecutor(new ContextExecutorOptions { Workers = 1, KillAfter = TimeSpan.FromMinutes(5), QueueLimit = 1 }),
                _ => new ThreadExecutor(new ExecutorOptions { Workers = 1, KillAfter = TimeSpan.FromMinutes(5), QueueLimit = 1 }),
            };
            attempt(pool);
            Ended(pool.CloseAsync());
            tell($"{name}: ended");
        }
    }

    private static IEnumerable<(string Name, Action<Executor> Attempt)> Attempts() =>
    [
        ("a cancelled task", pool =>
        {
            using var cancel = new CancellationTokenSource();
            string begun = Path.GetTempFileName() + ".begun";
            Task<string> task = pool.RunAsync(Waiting.ForFilePolitely, (begun, begun + ".never"), cancel.Token);
            SpinWait.SpinUntil(() => File.Exists(begun), _limit);
            cancel.Cancel();
            Throws<OperationCanceledException>(task);
            File.Delete(begun);
        }),
        ("a failed task", pool => Throws<InvalidOperationException>(pool.RunAsync(Failing.Throw, "no"))),
        ("a result that is decoded", pool =>
        {
            for (int i = 0; i < 3; i++)
                Ended(pool.RunAsync(static i => new[] { $"{i}" }, i));
        }),
        ("a full queue", pool =>
        {
            for (int i = 0; i < 20; i++)
                Ended(pool.SubmitAsync(Arithmetic.AddOne, i));
        }),
        ("a map", pool =>
        {
            IAsyncEnumerator<int> map = pool.MapAsync(Enumerable.Range(0, 5000).Where(static _ => true), Arithmetic.AddOne).GetAsyncEnumerator();
            int count = 0;
            while (Ended(map.MoveNextAsync().AsTask()).Result)
                count++;
            if (count != 5000)
                throw new InvalidOperationException($"{count} results");
        }),
        ("a map that is left", pool =>
        {
            IAsyncEnumerator<int> map = pool.MapUnorderedAsync(Enumerable.Range(0, 100), Arithmetic.AddOne).GetAsyncEnumerator();
            Ended(map.MoveNextAsync().AsTask());
            Ended(map.DisposeAsync().AsTask());
        }),
        ("a map that is cancelled", pool =>
        {
            using var cancel = new CancellationTokenSource();
            using var never = new ManualResetEventSlim();
            IAsyncEnumerator<int> map = pool.MapAsync(Blocked(never), Arithmetic.AddOne, cancel.Token).GetAsyncEnumerator();
            Task<bool> next = map.MoveNextAsync().AsTask();
            cancel.Cancel();
            Throws<OperationCanceledException>(next);
            never.Set();
        }),
        ("a map of a closed executor", pool =>
        {
            using var never = new ManualResetEventSlim();
            IAsyncEnumerator<int> map = pool.MapAsync(Blocked(never), Arithmetic.AddOne).GetAsyncEnumerator();
            Task<bool> next = map.MoveNextAsync().AsTask();
            Ended(pool.CloseAsync());
            Throws<ObjectDisposedException>(next);
            never.Set();
        }),
    ];

    private static IEnumerable<int> Blocked(ManualResetEventSlim gate)
    {
        gate.Wait();
        yield return 1;
    }

    private static TTask Ended<TTask>(TTask task) where TTask : Task =>
        Task.WaitAny([task], _limit) == 0 ? task : throw new TimeoutException("It waits.");

    private static void Throws<TError>(Task task) where TError : Exception
    {
        try
        {
            Ended(task).GetAwaiter().GetResult();
        }
        catch (TError)
        {
            return;
        }

        throw new InvalidOperationException($"There was no {typeof(TError)}.");
    }
}
