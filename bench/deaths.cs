#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false
#:property AllowUnsafeBlocks=true
#:property Configuration=Release

// How long deaths take, each figure beside its goal: a worker's, until its caller has the error, also with a starved thread pool; a worker's,
// until the next one gives a result; an application's, until its workers are gone; a task's that ignores cancellation. Linux.
// Usage: dotnet run -c Release bench/deaths.cs [-- ROUNDS]   (100 unless told; it takes about a minute)

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ManyHands;

if (typeof(Executor).Assembly.GetCustomAttributes(typeof(DebuggableAttribute), false) is [DebuggableAttribute { IsJITOptimizerDisabled: true }])
{
    Console.Error.WriteLine("The library is a debug build, which measures nothing. Run: dotnet run -c Release bench/deaths.cs");
    return 2;
}

if (args is ["parent", var mode, var folder])
    return await Parent.Run(mode == "native", folder);

Files.Folder = Directory.CreateTempSubdirectory("manyhands-deaths-").FullName;
int rounds = args is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 100;
Console.WriteLine($"{rounds} rounds of each, {Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
Console.WriteLine($"{"",-62}{"goal",12}{"measured",12}");
List<double> raw = Deaths.OfAPlainProgram(rounds);
Goals.Print("death of `sleep` → end of its output, p50: nothing is faster", null, raw, 0.50);
Goals.Print("                                      p99", null, raw, 0.99);
List<double> noticed = Deaths.ToError(rounds, starved: false);
Goals.Print("death of a worker → error at its caller, p50", 5, noticed, 0.50);
Goals.Print("                                         p99", 50, noticed, 0.99);
List<double> starved = Deaths.ToError(rounds, starved: true);
Goals.Print("the same with a starved thread pool,     p50", 5, starved, 0.50);
Goals.Print("                                         p99", 50, starved, 0.99);
List<double> replaced = Deaths.ToNextResult(rounds, spares: 0);
Goals.Print("kill → next result from the replacement, p50", null, replaced, 0.50);
Goals.Print("                                         p95", 150, replaced, 0.95);
List<double> spared = Deaths.ToNextResult(rounds, spares: 1);
Goals.Print("the same with a warm spare,              p50", null, spared, 0.50);
Goals.Print("                                         p95", 15, spared, 0.95);
List<double> overdue = Deaths.OfTheDeaf(rounds);
Goals.Print("task that ignores cancellation gone, after KillAfter, p50", null, overdue, 0.50);
Goals.Print("                                                      p99", 100, overdue, 0.99);
Orphans.Print("idle", TimeSpan.FromMilliseconds(200), rounds);
Orphans.Print("native", TimeSpan.FromSeconds(1), rounds);
Console.WriteLine(Goals.Missed == 0 ? "All goals met." : $"{Goals.Missed} missed.");
Files.Clear();
return Goals.Missed == 0 ? 0 : 1;

/// <summary>Figures in milliseconds beside their goals.</summary>
static class Goals
{
    public static int Missed { get; private set; }

    public static void Print(string what, double? goal, List<double> milliseconds, double quantile)
    {
        double figure = milliseconds.Order().ElementAt((int)Math.Ceiling(quantile * milliseconds.Count) - 1);
        Print(what, goal is null ? "" : $"≤ {goal:f0} ms", $"{figure:f1} ms", goal is null ? null : figure <= goal);
    }

    public static void Print(string what, string goal, string figure, bool? met)
    {
        Missed += met == false ? 1 : 0;
        Console.WriteLine($"{what,-62}{goal,12}{figure,12}  {(met is null ? "" : met.Value ? "met" : "missed")}");
    }
}

static class Deaths
{
    /// <summary>Milliseconds from the kill of a program that does nothing until a thread that reads from it, blocked, sees the end.</summary>
    public static List<double> OfAPlainProgram(int rounds) => OnItsOwnThread(() =>
    {
        var times = new List<double>();
        for (int round = 0; round < rounds; round++)
        {
            using Process sleep = Process.Start(new ProcessStartInfo("sleep", "1000") { RedirectStandardOutput = true })!;
            Processes.Pause();
            long killed = Stopwatch.GetTimestamp();
            Processes.Kill(sleep.Id);
            _ = sleep.StandardOutput.Read();
            times.Add(Stopwatch.GetElapsedTime(killed).TotalMilliseconds);
            sleep.WaitForExit();
        }

        return times;
    });

    /// <summary>Milliseconds from the kill until a caller that waits for the task, blocked, has its error.</summary>
    public static List<double> ToError(int rounds, bool starved)
    {
        using var release = new ManualResetEvent(initialState: !starved);
        return OnItsOwnThread(() =>
        {
            var times = new List<double>();
            var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2, Output = WorkerOutput.Discard });
            Warm(pool);
            for (int i = 0; i < 64 && starved; i++)
                ThreadPool.UnsafeQueueUserWorkItem(_ => release.WaitOne(), null);
            for (int round = 0; round < rounds; round++)
            {
                string file = Files.New();
                Task victim = pool.RunAsync(Work.ForEver, file);
                int pid = Files.WaitFor(file);
                long killed = Stopwatch.GetTimestamp();
                Processes.Kill(pid);
                bool lost = false;
                try
                {
                    victim.Wait();
                }
                catch (AggregateException error) when (error.InnerException is WorkerLostException)
                {
                    lost = true;
                }

                times.Add(Stopwatch.GetElapsedTime(killed).TotalMilliseconds);
                if (!lost)
                    throw new InvalidOperationException("A task whose worker was killed gave a result.");
            }

            release.Set();
            pool.CloseAsync(CloseMode.Kill).Wait();
            return times;
        });
    }

    /// <summary>Milliseconds from the kill of an idle worker, the only one, until another has given the result of a task submitted right then.</summary>
    public static List<double> ToNextResult(int rounds, int spares) => OnItsOwnThread(() =>
    {
        var times = new List<double>();
        var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, WarmSpares = spares, Output = WorkerOutput.Discard });
        Warm(pool);
        for (int round = 0; round < rounds; round++)
        {
            int pid = pool.RunAsync(Work.Process, 0).Result;
            while (pool.Snapshot().Workers.Count(worker => worker.State is WorkerState.Idle or WorkerState.Spare) < 1 + spares)
                Processes.Pause();
            long killed = Stopwatch.GetTimestamp();
            Processes.Kill(pid);
            while (Processes.Exists(pid)) // a task that the dying one could still begin would be lost with it
                Processes.Pause();
            if (pool.RunAsync(Work.Process, 0).Result == pid)
                throw new InvalidOperationException("A dead worker gave a result.");
            times.Add(Stopwatch.GetElapsedTime(killed).TotalMilliseconds);
        }

        pool.CloseAsync().Wait();
        return times;
    });

    /// <summary>Milliseconds from the end of the grace until a task that does not listen is cancelled for its caller and its process gone.</summary>
    public static List<double> OfTheDeaf(int rounds) => OnItsOwnThread(() =>
    {
        var times = new List<double>();
        TimeSpan grace = TimeSpan.FromMilliseconds(100);
        var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2, KillAfter = grace, Output = WorkerOutput.Discard });
        Warm(pool);
        for (int round = 0; round < rounds; round++)
        {
            string file = Files.New();
            using var cancel = new CancellationTokenSource();
            Task deaf = pool.RunAsync(Work.LoopDespiteToken, file, cancel.Token);
            int pid = Files.WaitFor(file);
            long cancelled = Stopwatch.GetTimestamp();
            cancel.Cancel();
            try
            {
                deaf.Wait();
            }
            catch (AggregateException error) when (error.InnerException is OperationCanceledException)
            {
                while (Processes.Exists(pid))
                    Processes.Pause();
            }

            times.Add((Stopwatch.GetElapsedTime(cancelled) - grace).TotalMilliseconds);
        }

        pool.CloseAsync().Wait();
        return times;
    });

    private static void Warm(ProcessExecutor pool) => Task.WaitAll(Enumerable.Range(0, 8).Select(number => pool.RunAsync(Work.For, 20 + (number % 2))));

    // Where the thread pool is starved, a caller on one of its threads is not to be had.
    private static T OnItsOwnThread<T>(Func<T> measure)
    {
        T? result = default;
        var thread = new Thread(() => result = measure());
        thread.Start();
        thread.Join();
        return result!;
    }
}

/// <summary>Applications that are killed, and their workers.</summary>
static class Orphans
{
    public static void Print(string mode, TimeSpan limit, int parents)
    {
        const int atOnce = 4;
        int left = 0;
        double longest = 0;
        for (int started = 0; started < parents; started += atOnce)
        {
            Process[] batch = [.. Enumerable.Range(0, Math.Min(atOnce, parents - started)).Select(_ => Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["parent", mode, Files.Folder])
            {
                RedirectStandardOutput = true,
            })!)];
            int[][] pids = [.. batch.Select(parent => parent.StandardOutput.ReadLine()!.Split(' ').Select(int.Parse).ToArray())];
            for (int i = 0; i < batch.Length; i++)
            {
                long killed = Stopwatch.GetTimestamp();
                Processes.Kill(batch[i].Id);
                while (pids[i].Any(Processes.Exists) && Stopwatch.GetElapsedTime(killed) < limit)
                    Processes.Pause();
                left += pids[i].Count(Processes.Exists);
                while (pids[i].Any(Processes.Exists))
                    Processes.Pause();
                longest = Math.Max(longest, Stopwatch.GetElapsedTime(killed).TotalMilliseconds);
                batch[i].WaitForExit();
                batch[i].Dispose();
            }
        }

        string what = mode == "idle" ? "idle" : "in loops of machine code";
        Goals.Print($"{parents} applications killed, workers {what}: left after {limit.TotalMilliseconds:f0} ms", "0", $"{left}", left == 0);
        Goals.Print("    the last one was gone after", "", $"{longest:f1} ms", null);
    }
}

/// <summary>The application that is killed.</summary>
static class Parent
{
    public static async Task<int> Run(bool native, string folder)
    {
        Files.Folder = folder;
        var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2, Output = WorkerOutput.Discard });
        string[] files = [Files.New(), Files.New()];
        Task[] tasks = [.. files.Select(file => native ? pool.RunAsync(Work.LoopNatively, file) : pool.RunAsync(Work.ForFile, file))];
        Console.WriteLine(string.Join(' ', files.Select(Files.WaitFor)));
        if (!native)
        {
            Array.ForEach(files, file => File.WriteAllText(file + ".go", ""));
            await Task.WhenAll(tasks);
        }

        await Task.Delay(Timeout.Infinite);
        return 0;
    }
}

static class Processes
{
    private static readonly ManualResetEvent _never = new(initialState: false);

    public static void Kill(int pid) => _ = kill(pid, 9);

    public static void Pause() => _never.WaitOne(1);

    /// <summary>It runs: it is there and no zombie.</summary>
    public static bool Exists(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
}

/// <summary>By which tasks say that they run, and as which process.</summary>
static class Files
{
    private static int _next;

    /// <summary>Where they lie. Workers are given whole paths and need none.</summary>
    public static string Folder { get; set; } = "";

    public static string New() => Path.Combine(Folder, $"{Environment.ProcessId}-{Interlocked.Increment(ref _next)}");

    public static void Clear() => Directory.Delete(Folder, recursive: true);

    /// <summary>Says so; written elsewhere and moved, so that whoever sees the file can read it whole.</summary>
    public static void Say(string file)
    {
        File.WriteAllText(file + ".new", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        File.Move(file + ".new", file);
    }

    /// <summary>The process that said so; the file is gone then.</summary>
    public static int WaitFor(string file)
    {
        while (!File.Exists(file))
            Processes.Pause();
        int pid = int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
        File.Delete(file);
        return pid;
    }
}

static class Work
{
    private static readonly ManualResetEvent _never = new(initialState: false);

    public static int Process(int ignored) => Environment.ProcessId;

    public static void For(int milliseconds) => _never.WaitOne(milliseconds);

    public static void ForEver(string begun)
    {
        Files.Say(begun);
        _never.WaitOne();
    }

    public static void ForFile(string begun)
    {
        Files.Say(begun);
        while (!File.Exists(begun + ".go"))
            _never.WaitOne(1);
        File.Delete(begun + ".go");
    }

    public static void LoopDespiteToken(string begun, CancellationToken cancellationToken)
    {
        Files.Say(begun);
        while (true)
        {
        }
    }

    /// <summary>Outside of the runtime's reach: "jump to yourself".</summary>
    public static unsafe void LoopNatively(string begun)
    {
        ReadOnlySpan<byte> loop = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? [0x00, 0x00, 0x00, 0x14] : [0xEB, 0xFE];
        void* code = mmap(null, 4096, 7, 0x22, -1, 0);
        loop.CopyTo(new Span<byte>(code, loop.Length));
        Files.Say(begun);
        ((delegate* unmanaged<void>)code)();
    }

    [DllImport("libc")]
    private static extern unsafe void* mmap(void* address, nint length, int protection, int flags, int descriptor, nint offset);
}
