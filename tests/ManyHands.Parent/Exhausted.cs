using System.Globalization;
using System.Runtime.InteropServices;
using ManyHands;
using ManyHands.Conformance.Work;

/// <summary>An application that has little of something left: it takes the rest away from itself, which only an application of its own may do.</summary>
internal static class Exhausted
{
    private const int Processes = 6; // RLIMIT_NPROC, which counts threads, and does not hold for root
    private const int Descriptors = 7; // RLIMIT_NOFILE
    private const int Tasks = 40;

    /// <summary>Tells what came of forty tasks for eight workers, and of forty more once there is enough of everything again.</summary>
    /// <param name="what">descriptors or threads.</param>
    /// <param name="left">How many of them.</param>
    /// <param name="tell">Where to.</param>
    public static async Task Run(string what, int left, Func<string, Task> tell)
    {
        int resource = what == "threads" ? Processes : Descriptors;
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 8, Output = WorkerOutput.Discard });
        await using (var before = new ProcessExecutor(workers: 1))
            await tell(await Attempt(before)); // what the application itself has to load for it is there
        int limit = LimitThatLeaves(left, what);
        for (int now = -1; now != limit; Waiting.For(50)) // until what is gone has been let go of
            (now, limit) = (limit, LimitThatLeaves(left, what));
        Limit(resource, (ulong)limit);
        await tell(await Attempt(pool));
        Limit(resource, null);
        await tell(await Attempt(pool));
        await pool.CloseAsync();
    }

    /// <summary>
    /// A continuation keeps a thread of a <see cref="ThreadExecutor"/> while there are none to be had: neither may the application end, nor a task that waits
    /// behind it be forgotten.
    /// </summary>
    public static async Task RunThreads(Func<string, Task> tell)
    {
        await using var pool = new ThreadExecutor(4);
        using var go = new ManualResetEventSlim();
        using var stuck = new ManualResetEventSlim();
        Task first = pool.RunAsync(_ => go.Wait(), 0);
        Task keeps = first.ContinueWith(
            _ =>
            {
                stuck.Set();
                Waiting.For(500);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        Task<bool> outer = pool.RunAsync(
            _ =>
            {
                stuck.Wait();
                Task<int> inner = pool.RunAsync(static x => x + 1, 1);
                Waiting.For(300);
                Limit(Processes, null);
                return inner.Wait(TimeSpan.FromSeconds(9));
            },
            0);
        Limit(Processes, 1);
        go.Set();
        await tell($"{await outer} {(await Task.WhenAny(keeps, Task.Delay(TimeSpan.FromSeconds(30)))) == keeps}");
    }

    /// <summary>Shares more than there may be, then what there is, and last, when no descriptor is left, anything at all.</summary>
    /// <param name="bytes">Perhaps too many.</param>
    /// <param name="tell">Where to.</param>
    public static async Task RunSharing(int bytes, Func<string, Task> tell)
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, Output = WorkerOutput.Discard });
        await tell(await Share(pool, bytes));
        await tell(await Share(pool, 1000));
        using var guard = new SharedLock();
        var gate = new Gate(Path.GetTempFileName(), Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}"));
        File.Delete(gate.Begun);
        Task holding = pool.RunAsync(SharedWork.HoldLock, (guard, gate));
        while (!gate.HasBegun)
            Waiting.For(5);
        Limit(Descriptors, 3); // which are open
        await tell(await Share(pool, 1000));
        await tell(guard.TryEnter(TimeSpan.FromMilliseconds(300)) is null ? "held" : "taken from the living");
        Limit(Descriptors, null);
        gate.Open();
        await holding;
        File.Delete(gate.Begun);
        File.Delete(gate.Opened);
        await tell(await Share(pool, 1000));
    }

    private static async Task<string> Share(Executor pool, int bytes)
    {
        try
        {
            using var array = new SharedArray<byte>(bytes);
            array.Span.Fill(1);
            return $"{await pool.RunAsync(SharedWork.Ones, array)} shared";
        }
        catch (ResourceExhaustedException error)
        {
            return $"{error.GetType().Name} {error.Kind}";
        }
    }

    private static async Task<string> Attempt(Executor pool)
    {
        Task<int>[] tasks = [.. Enumerable.Range(0, Tasks).Select(_ => pool.RunAsync(Held, 20))];
        try
        {
            return $"{(await Task.WhenAll(tasks)).Length} on {pool.Snapshot().Workers.Count(worker => worker.State is WorkerState.Idle or WorkerState.Busy)} workers";
        }
        catch (ExecutorException error)
        {
            return $"{error.GetType().Name} {(error as ResourceExhaustedException)?.Kind}";
        }
    }

    private static int Held(int milliseconds) => Waiting.For(milliseconds);

    /// <summary>RLIMIT_NOFILE limits the numbers of descriptors, of which some below may be free; RLIMIT_NPROC limits the count of threads.</summary>
    private static int LimitThatLeaves(int left, string what)
    {
        if (what == "threads")
            return Directory.GetDirectories("/proc/self/task").Length + left;
        string[] files = Directory.GetFiles("/proc/self/fd");
        HashSet<string> used = [.. files.Where(file => new FileInfo(file).LinkTarget != null)]; // without the descriptor that read the folder
        int limit = 0;
        for (int free = 0; free < left; limit++)
            free += used.Contains($"/proc/self/fd/{limit}") ? 0 : 1;
        return limit;
    }

    private static void Limit(int resource, ulong? soft)
    {
        ulong[] limits = new ulong[2];
        if (getrlimit(resource, limits) != 0)
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        limits[0] = Math.Min(soft ?? ulong.MaxValue, limits[1]);
        if (setrlimit(resource, limits) != 0)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{soft}: {Marshal.GetLastPInvokeErrorMessage()}"));
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int getrlimit(int resource, ulong[] limits);

    [DllImport("libc", SetLastError = true)]
    private static extern int setrlimit(int resource, ulong[] limits);
}
