#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false
#:property Configuration=Release

// Round trip of a tiny task on one worker, 100,000 tiny tasks and a map of 1,000,000 on two, beside CPython's ProcessPoolExecutor in the same
// run: interleaved rounds, medians, ratios. Usage: dotnet run bench/tiny-tasks.cs [-- ROUNDS]

using System.Diagnostics;
using System.Globalization;
using ManyHands;

int rounds = args is [var number] ? int.Parse(number, CultureInfo.InvariantCulture) : 5;
bool python = Find("python3");
if (!python)
    Console.WriteLine("python3 is not installed, so there is nothing to stand beside.");

var ours = new Dictionary<string, List<double>>();
var theirs = new Dictionary<string, List<double>>();
await using var one = new ProcessExecutor(workers: 1);
await using var two = new ProcessExecutor(workers: 2);
for (int round = 0; round <= rounds; round++)
{
    bool counts = round > 0; // the first is warm-up
    Note(ours, "round trip, 1 worker, median (µs)", await RoundTrip(one), counts);
    Note(ours, "100,000 tasks by RunAsync, 2 workers (tasks/s)", await Many(two), counts);
    Note(ours, "1,000,000 items by MapAsync, 2 workers (items/s)", await Map(two), counts);
    if (!python || !counts)
        continue;
    foreach (string line in Python())
    {
        string[] parts = line.Split('\t');
        Note(theirs, parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture), true);
    }
}

Console.WriteLine($"{"",-52}{"ManyHands",14}{"CPython",14}{"ratio",10}   medians of {rounds} rounds");
foreach (var (what, values) in ours)
{
    double mine = Median(values);
    double? other = theirs.TryGetValue(what, out List<double>? found) ? Median(found) : null;
    Console.WriteLine($"{what,-52}{mine,14:n1}{(other is { } value ? value.ToString("n1") : "–"),14}{(other is { } o ? (mine / o).ToString("n3") : "–"),10}");
}

static async Task<double> RoundTrip(ProcessExecutor pool)
{
    const int count = 3000;
    double[] times = new double[count];
    for (int i = 0; i < count; i++)
    {
        long started = Stopwatch.GetTimestamp();
        await pool.RunAsync(Work.AddOne, i);
        times[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
    }

    return Median([.. times]);
}

static async Task<double> Many(ProcessExecutor pool)
{
    const int count = 100_000;
    var clock = Stopwatch.StartNew();
    var tasks = new Task<int>[count];
    for (int i = 0; i < count; i++)
        tasks[i] = pool.RunAsync(Work.AddOne, i);
    await Task.WhenAll(tasks);
    return count / clock.Elapsed.TotalSeconds;
}

static async Task<double> Map(ProcessExecutor pool)
{
    const int count = 1_000_000;
    var clock = Stopwatch.StartNew();
    long sum = 0;
    await foreach (int result in pool.MapAsync(Enumerable.Range(0, count), Work.AddOne))
        sum += result;
    return sum == count * (count + 1L) / 2 ? count / clock.Elapsed.TotalSeconds : throw new InvalidOperationException("The map gave wrong results.");
}

// The same three with concurrent.futures: chunks of one for submit, and a chunk size that its users would choose for the map.
static IEnumerable<string> Python()
{
    const string program = """
        import time, statistics
        from concurrent.futures import ProcessPoolExecutor
        def add_one(x): return x + 1
        if __name__ == "__main__":
            with ProcessPoolExecutor(1) as pool:
                for i in range(200): pool.submit(add_one, i).result()
                times = []
                for i in range(3000):
                    t = time.perf_counter(); pool.submit(add_one, i).result(); times.append(time.perf_counter() - t)
                print("round trip, 1 worker, median (µs)", statistics.median(times) * 1e6, sep="\t")
            with ProcessPoolExecutor(2) as pool:
                for i in range(200): pool.submit(add_one, i).result()
                t = time.perf_counter()
                for f in [pool.submit(add_one, i) for i in range(20000)]: f.result()
                print("100,000 tasks by RunAsync, 2 workers (tasks/s)", 20000 / (time.perf_counter() - t), sep="\t")
                t = time.perf_counter(); sum(pool.map(add_one, range(1000000), chunksize=1000))
                print("1,000,000 items by MapAsync, 2 workers (items/s)", 1000000 / (time.perf_counter() - t), sep="\t")
        """;
    string file = Path.Combine(Path.GetTempPath(), $"manyhands-bench-{Environment.ProcessId}.py");
    File.WriteAllText(file, program);
    try
    {
        using Process process = Process.Start(new ProcessStartInfo("python3", [file]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
    finally
    {
        File.Delete(file);
    }
}

static void Note(Dictionary<string, List<double>> table, string what, double value, bool counts)
{
    if (!counts)
        return;
    if (!table.TryGetValue(what, out List<double>? values))
        table[what] = values = [];
    values.Add(value);
}

static double Median(List<double> values)
{
    double[] sorted = [.. values.Order()];
    return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
}

static bool Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

static class Work
{
    public static int AddOne(int number) => number + 1;
}
