#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false
#:property Configuration=Release

// 10,000 tasks on two workers while somebody kills one of the workers every 50 ms. A ledger file to which the tasks themselves write is the
// witness: every task must end once, none may run twice, only tasks that a killed worker had begun may fail, and nothing may be left behind.
// Usage: dotnet run bench/kills.cs [-- TASKS]

using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ManyHands;

int count = args is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 10_000;
string ledger = Path.Combine(Path.GetTempPath(), $"manyhands-ledger-{Environment.ProcessId}");
File.WriteAllText(ledger, "");
await using (var first = new ProcessExecutor(workers: 2))
{
    // What the runtime opens once and keeps is open from here on.
    await first.RunAsync(Work.Write, (ledger, -1));
    Process.GetProcessById(first.Snapshot().Workers[0].Pid ?? 0).Kill();
    Console.WriteLine($"{count:n0} tasks on two workers, one of which is killed every 50 ms …");
}

int descriptorsBefore = Descriptors();
var killed = new HashSet<int>();
var seen = new HashSet<int>();
int succeeded = 0, lost = 0, innocent = 0;
var clock = Stopwatch.StartNew();
ExecutorSnapshot end;

await using (var pool = new ProcessExecutor(workers: 2))
{
    await pool.RunAsync(Work.Write, (ledger, -1));
    Task<int>[] tasks = [.. Enumerable.Range(0, count).Select(task => pool.RunAsync(Work.Write, (ledger, task)))];
    Task all = Task.WhenAll(tasks).ContinueWith(_ => { }, TaskScheduler.Default);
    var random = new Random(1);
    // Only such as have ended a task already: where starting takes longer than the time between two kills, none ever would, and the executor
    // would rightly say that it is broken.
    using var every = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
    while (!all.IsCompleted)
    {
        await every.WaitForNextTickAsync();
        int[] pids = [.. pool.Snapshot().Workers.Where(worker => worker is { State: WorkerState.Busy or WorkerState.Idle, Tasks: > 0 }).Select(worker => worker.Pid ?? 0).Where(pid => pid > 0)];
        foreach (int pid in pids)
            seen.Add(pid);
        if (pids.Length == 0 || all.IsCompleted)
            continue;
        int victim = pids[random.Next(pids.Length)];
        killed.Add(victim); // before the deed: its task may end at once
        try
        {
            Process.GetProcessById(victim).Kill();
        }
        catch (ArgumentException)
        {
            // It had just ended.
        }
    }

    for (int task = 0; task < count; task++)
    {
        try
        {
            if (await tasks[task] == task)
                succeeded++;
        }
        catch (WorkerLostException error)
        {
            lost++;
            if (!killed.Contains(error.Pid) || error.TaskState != LostTaskState.Started)
                innocent++;
        }
    }

    end = pool.Snapshot();
}

TimeSpan elapsed = clock.Elapsed;
for (int look = 0; look < 100 && Descriptors() > descriptorsBefore; look++)
    await Task.Delay(10); // the threads that looked after the last workers close what they had
var begun = new int[count];
var ended = new int[count];
foreach (string[] words in File.ReadLines(ledger).Select(line => line.Split(' ')))
{
    int task = int.Parse(words[1], CultureInfo.InvariantCulture);
    if (task >= 0)
        (words[0] == "begin" ? begun : ended)[task]++;
}

File.Delete(ledger);
int left = seen.Count(pid => Directory.Exists($"/proc/{pid}"));
int twice = begun.Count(times => times > 1), unended = begun.Count(times => times == 0);
Console.WriteLine($"{count:n0} tasks, {killed.Count} workers killed, {elapsed.TotalSeconds:f1} s");
Console.WriteLine($"  succeeded {succeeded:n0}, lost with their worker {lost:n0}, together {succeeded + lost:n0}");
Console.WriteLine($"  run twice {twice}, results that no task wrote {Math.Max(0, succeeded - ended.Count(times => times == 1))}, failed without a kill {innocent}");
Console.WriteLine($"  never begun {unended} (a task may be killed between its mark and its first line)");
Console.WriteLine($"  workers lost {end.WorkersLost}, processes left {left}, descriptors left {Math.Max(0, Descriptors() - descriptorsBefore)}");
bool good = succeeded + lost == count && twice == 0 && innocent == 0 && left == 0 && unended <= lost && ended.Count(times => times == 1) >= succeeded;
Console.WriteLine(good ? "As promised." : "BROKEN.");
return good ? 0 : 1;

static int Descriptors() => Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : 0;

static class Work
{
    public static int Write((string Ledger, int Task) entry)
    {
        Append(entry.Ledger, $"begin {entry.Task}\n");
        double heat = 0;
        for (int i = 0; i < 100_000; i++)
            heat += Math.Sqrt(i);
        Append(entry.Ledger, $"end {entry.Task}\n");
        return heat > 0 ? entry.Task : -1;
    }

    // FileMode.Append only looks for the end when it opens, so lines of two processes would overwrite each other. The flags are those of Linux.
    private static void Append(string file, string line)
    {
        const int writeOnly = 1, create = 0x40, append = 0x400, closeOnExec = 0x80000, everybodyReads = 0x1B4;
        int descriptor = open(file, writeOnly | create | append | closeOnExec, everybodyReads);
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(line);
        if (write(descriptor, bytes, bytes.Length) != bytes.Length)
            throw new IOException($"'{line}' could not be written to the ledger {file}.");
        _ = close(descriptor);
    }

    [DllImport("libc", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string file, int flags, int mode);

    [DllImport("libc")]
    private static extern nint write(int descriptor, byte[] bytes, nint count);

    [DllImport("libc")]
    private static extern int close(int descriptor);
}
