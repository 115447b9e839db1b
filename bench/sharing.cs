#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false
#:property Configuration=Release

// What it saves to share instead of copying, each figure beside its goal: 100 MB passed by SharedArray and by copy; a value of 50 MB for 10,000 tasks; messages
// through a channel; taking a lock. Linux.
// Usage: dotnet run -c Release bench/sharing.cs [-- ROUNDS]   (5 unless told)

using System.Diagnostics;
using System.Globalization;
using ManyHands;

if (typeof(Executor).Assembly.GetCustomAttributes(typeof(DebuggableAttribute), false) is [DebuggableAttribute { IsJITOptimizerDisabled: true }])
{
    Console.Error.WriteLine("The library is a debug build, which measures nothing. Run: dotnet run -c Release bench/sharing.cs");
    return 2;
}

int rounds = args is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 5;
Console.WriteLine($"{rounds} rounds, medians; {Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
await using var pool = new ProcessExecutor(workers: 2);
await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => pool.RunAsync(Work.Meet, 50)));

// ---- 100 MB there: the task looks at the first and the last element.
const int elements = 100_000_000 / sizeof(double);
double[] plain = new double[elements];
using var shared = new SharedArray<double>(elements);
plain[0] = plain[^1] = shared[0] = shared[^1] = 21;
for (int i = 0; i < 20; i++)
    await pool.RunAsync(Work.Ends, shared); // both workers have mapped it
var passed = new List<double>();
var copied = new List<double>();
for (int i = 0; i < rounds; i++)
{
    passed.Add(await Clock.Milliseconds(() => pool.RunAsync(Work.Ends, shared)));
    copied.Add(await Clock.Milliseconds(() => pool.RunAsync(Work.EndsOfCopy, plain)));
}

Table.Row("100 MB passed by SharedArray", "≤ 1 ms", $"{Clock.Median(passed):f3} ms", Clock.Median(passed) <= 1);
Table.Row("  beside the same by copy", "", $"{Clock.Median(copied):f1} ms", null);
double ratio = Clock.Median(passed) / Clock.Median(copied);
Table.Row("  ratio", "≤ 0.01", $"{ratio:f4}", ratio <= 0.01);
double fresh = Clock.Median([.. await Repeat(rounds, async () =>
{
    using var array = new SharedArray<double>(elements);
    await pool.RunAsync(Work.Ends, array);
})]);
Table.Row("  a fresh one: made, passed, mapped and let go", "", $"{fresh:f1} ms", null);

// ---- 50 MB for 10,000 tasks: transfers are counted where they happen, when the value is decoded.
var broadcasts = new List<double>();
long transfers = 0;
for (int i = 0; i < rounds; i++)
{
    using var counter = new SharedCounter();
    var clock = Stopwatch.StartNew();
    using var value = new Broadcast<Big>(new Big(new byte[50_000_000], counter));
    await foreach (int _ in pool.MapUnorderedAsync(Enumerable.Repeat(value, 10_000), Work.Size))
    {
    }

    broadcasts.Add(clock.Elapsed.TotalMilliseconds);
    transfers = Math.Max(transfers, counter.Value);
}

Table.Row("50 MB broadcast to 2 workers for 10,000 tasks: decoded", "≤ 2 times", $"{transfers} times", transfers <= 2);
Table.Row("  in all", "", $"{Clock.Median(broadcasts):f0} ms", null);
var copies = new List<double>();
for (int i = 0; i < rounds; i++)
    copies.Add(await Clock.Milliseconds(() => pool.RunAsync(Work.SizeOfCopy, new byte[50_000_000])));
Table.Row("  one such task by copy", "", $"{Clock.Median(copies):f1} ms, so 10,000 would take {Clock.Median(copies) * 10:f0} s", null);

// ---- A channel, written by two processes.
const int messages = 1_000_000;
var rates = new List<double>();
for (int i = 0; i < rounds; i++)
{
    using var channel = new SharedChannel<long>();
    var clock = Stopwatch.StartNew();
    Task[] writers = [pool.RunAsync(Work.Write, (channel.Writer, messages)), pool.RunAsync(Work.Write, (channel.Writer, messages))];
    _ = Task.WhenAll(writers).ContinueWith(_ => channel.Complete(), TaskScheduler.Default);
    long sum = 0;
    await foreach (long message in channel.ReadAllAsync())
        sum += message;
    rates.Add(2 * messages / clock.Elapsed.TotalSeconds / 1e6);
    if (sum != (long)messages * (messages - 1))
        throw new InvalidOperationException($"Messages were lost: {sum}");
}

Table.Row("messages of 8 bytes through a channel from 2 processes", "≥ 1 M/s", $"{Clock.Median(rates):f2} M/s", Clock.Median(rates) >= 1);

// ---- A lock and a counter.
using var guard = new SharedLock();
using var total = new SharedCounter();
double alone = Clock.Median([.. await Repeat(rounds, () => pool.RunAsync(Work.Enter, (guard, 100_000)))]) * 1e6 / 100_000;
double contended = Clock.Median([.. await Repeat(rounds, () => Task.WhenAll(
    pool.RunAsync(Work.Enter, (guard, 50_000)), pool.RunAsync(Work.Enter, (guard, 50_000))))]) * 1e6 / 100_000;
double counted = Clock.Median([.. await Repeat(rounds, () => pool.RunAsync(Work.Count, (total, 1_000_000)))]) * 1e6 / 1_000_000;
Table.Row("a lock taken and released, alone", "", $"{alone:f0} ns", null);
Table.Row("  by two processes in turn", "", $"{contended:f0} ns", null);
Table.Row("a counter incremented", "", $"{counted:f0} ns", null);
Console.WriteLine(Table.Missed == 0 ? "All goals met." : $"{Table.Missed} missed.");
return Table.Missed == 0 ? 0 : 1;

static async Task<List<double>> Repeat(int rounds, Func<Task> action)
{
    var times = new List<double>();
    for (int i = 0; i < rounds; i++)
        times.Add(await Clock.Milliseconds(action));
    return times;
}

static class Clock
{
    public static async Task<double> Milliseconds(Func<Task> action)
    {
        long start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

static class Table
{
    public static int Missed { get; private set; }

    public static void Row(string what, string goal, string figure, bool? met)
    {
        Missed += met == false ? 1 : 0;
        Console.WriteLine($"{what,-60}{goal,10}  {figure}{(met == false ? "  MISSED" : "")}");
    }
}

/// <summary>Counts each time that it is decoded.</summary>
sealed record Big
{
    [System.Text.Json.Serialization.JsonConstructor]
    public Big(byte[] bytes, SharedCounter counter)
    {
        (Bytes, Counter) = (bytes, counter);
        if (Work.IsWorker)
            counter.Increment();
    }

    public byte[] Bytes { get; }

    public SharedCounter Counter { get; }
}

static class Work
{
    public static bool IsWorker { get; private set; }

    public static int Meet(int milliseconds)
    {
        IsWorker = true;
        Thread.Sleep(milliseconds);
        return 0;
    }

    public static double Ends(SharedArray<double> array) => array[0] + array[^1];

    public static double EndsOfCopy(double[] array) => array[0] + array[^1];

    public static int Size(Broadcast<Big> value) => value.Value.Bytes.Length;

    public static int SizeOfCopy(byte[] value) => value.Length;

    public static void Write((SharedWriter<long> Writer, int Count) order)
    {
        for (int i = 0; i < order.Count; i++)
            order.Writer.Write(i);
    }

    public static void Enter((SharedLock Lock, int Times) order)
    {
        for (int i = 0; i < order.Times; i++)
        {
            using (order.Lock.Enter())
            {
            }
        }
    }

    public static void Count((SharedCounter Counter, int Times) order)
    {
        for (int i = 0; i < order.Times; i++)
            order.Counter.Increment();
    }
}
