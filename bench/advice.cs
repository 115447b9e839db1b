#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands.Advisor/ManyHands.Advisor.csproj
#:project ../src/ManyHands.Lab/ManyHands.Lab.csproj
#:property PublishAot=false
#:property Configuration=Release

// Twelve kinds of work. Each is measured by the advisor, and then run with every fixed choice of executor and number of workers, with what was advised, and with
// an AdaptiveExecutor, from the making of the executor to the last result. The table shows how far the advice and the adaptive executor stay behind the best.
// Six more kinds, which the rules were not made with, are run with --unseen.
// Usage: dotnet run -c Release bench/advice.cs [-- [--unseen] [--rounds N] [KIND…]]   (3 rounds unless told; a round takes some three minutes)

using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using ManyHands;
using ManyHands.Advisor;
using ManyHands.Lab.Experiments;

if (typeof(Executor).Assembly.GetCustomAttributes(typeof(DebuggableAttribute), false) is [DebuggableAttribute { IsJITOptimizerDisabled: true }])
{
    Console.Error.WriteLine("The library is a debug build, which measures nothing. Run: dotnet run -c Release bench/advice.cs");
    return 2;
}

bool unseen = args.Contains("--unseen");
int rounds = Array.IndexOf(args, "--rounds") is >= 0 and var at ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : 3;
await using var server = new SlowServer();
string folder = Directory.CreateTempSubdirectory("manyhands-bench-").FullName;
Environment.SetEnvironmentVariable("BENCH_SERVER", server.Address); // what tasks need travels with them
Environment.SetEnvironmentVariable("BENCH_FOLDER", folder);

// Tasks of each so that the best choice takes two seconds or more.
Kind[] suite =
[
    new("sleep", Work.Sleep, 20_000), new("fetch", Work.Fetch, 20_000), new("pull", Work.Pull, 320), new("sha256", Work.Sha256, 400), new("sort", Work.Sort, 320),
    new("compress", Work.Compress, 200), new("tiny", Work.Tiny, 600_000), new("mixed 5/45", Work.Mixed5, 1000), new("mixed 45/5", Work.Mixed45, 100),
    new("garbage", Work.Garbage, 300), new("memory", Work.Memory, 60), new("crashes", Work.Crashes, 400),
];
Kind[] others =
[
    new("regex", Work.Regexes, 200), new("files", Work.Files, 3000), new("program", Work.Program, 800), new("matrix", Work.Matrix, 120),
    new("mixed 20/20", Work.Mixed20, 200), new("text", Work.Text, 300),
];
string[] named = [.. args.Where(arg => !arg.StartsWith('-') && !int.TryParse(arg, out _))];
Kind[] kinds = [.. (unseen ? others : suite).Where(kind => named.Length == 0 || named.Contains(kind.Name))];

Console.WriteLine($"{rounds} rounds, medians; {Environment.ProcessorCount} cores, load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}; tasks per second");
Console.WriteLine($"{"",-12} {"advice",-14} {"tasks/s",9}   {"best",-14} {"tasks/s",9}   {"advice/best",11}   {"adaptive/best",13}");
var advised = new List<double>();
var adaptive = new List<double>();
try
{
    if (kinds.Any(kind => kind.Name == "pull"))
        await Work.CloneAsync(folder);
    foreach (Kind kind in kinds)
    {
        string[] inputs = [.. Enumerable.Range(0, 64).Select(i => $"{i}")];
        var method = new MethodAddress(typeof(Work).Assembly.Location, $"{nameof(Work)}.{kind.Run.Method.Name}");
        Measurement measurement = await MethodProbe.MeasureAsync(method, inputs, new ProbeLimits());
        Advice advice = Advice.From(measurement with { Tasks = kind.Tasks }, MachineFacts.Here());
        if (Ramp.IsOfUse(advice))
            advice = Advice.From(await Ramp.OfMethodAsync(method, inputs, advice, new ProbeLimits()), advice.Machine);
        Choice own = new(advice.Kind, advice.Workers);
        Choice[] choices = [.. Choice.All(measurement, kind.Tasks).Prepend(own).Distinct()];
        var rates = choices.Append(Choice.Adaptive).ToDictionary(choice => choice, _ => new List<double>());
        for (int round = 0; round < rounds; round++)
        {
            foreach (Choice choice in rates.Keys)
                rates[choice].Add(await choice.RateAsync(kind));
        }

        Choice best = choices.MaxBy(choice => Median(rates[choice]));
        double most = Median(rates[best]);
        advised.Add(Median(rates[own]) / most);
        adaptive.Add(Median(rates[Choice.Adaptive]) / most);
        Console.WriteLine(
            $"{kind.Name,-12} {own,-14} {Median(rates[own]),9:f0}   {best,-14} {most,9:f0}   {advised[^1],11:f2}   {adaptive[^1],13:f2}");
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}

Console.WriteLine($"within a tenth of the best: advice {advised.Count(ratio => ratio >= 0.9)} of {kinds.Length}, adaptive {adaptive.Count(ratio => ratio >= 0.9)} of {kinds.Length}");
return 0;

static double Median(List<double> values) => new Series(values).Median;

/// <summary>One kind of work.</summary>
internal sealed record Kind(string Name, Func<int, double> Run, int Tasks);

/// <summary>A fixed choice of executor and number of workers; no number stands for the adaptive one.</summary>
internal readonly record struct Choice(WorkerKind Kind, int Workers)
{
    private const double LongestSeconds = 4;

    public static readonly Choice Adaptive = new(WorkerKind.Threads, 0);

    /// <summary>All that are worth trying: what would take long beside the others is not.</summary>
    public static IEnumerable<Choice> All(Measurement measurement, int tasks)
    {
        double all = tasks * measurement.Wall.Median;
        bool IsShort(int n) => all / n <= LongestSeconds || (n is 2 or 3 && measurement.CpuShare > 0.5);
        IEnumerable<Choice> some = ((int[])[1, 2, 3, 4, 8, 16, 32, 64, 128, 256, 512]).Where(IsShort).Select(n => new Choice(WorkerKind.Threads, n));
        if (measurement.Crash is not null)
            some = [];
        return some.Concat(((int[])[1, 2, 3, 4, 8, 16]).Where(IsShort).Select(n => new Choice(WorkerKind.Processes, n)))
            .Concat(all <= LongestSeconds && measurement.Crash is null ? [new Choice(WorkerKind.Serial, 1)] : []);
    }

    public async Task<double> RateAsync(Kind kind)
    {
        // Garbage of the one before is not this one's.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        long started = Stopwatch.GetTimestamp();
        if (Kind == WorkerKind.Serial)
        {
            for (int i = 0; i < kind.Tasks; i++)
                kind.Run(i);
            return kind.Tasks / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        await using Executor pool = this == Adaptive ? new AdaptiveExecutor()
            : Kind == WorkerKind.Processes ? new ProcessExecutor(new ProcessExecutorOptions { Workers = Workers, Output = WorkerOutput.Discard })
            : new ThreadExecutor(Workers);
        try
        {
            await foreach (double _ in pool.MapUnorderedAsync(Enumerable.Range(0, kind.Tasks), kind.Run, new MapOptions { OnFailure = OnFailure.Continue }))
            {
            }
        }
        catch (MapFailedException failed) when (failed.Failures.All(failure => failure.Error is WorkerLostException))
        {
            // The work is such: what crashed was one task each.
        }

        return kind.Tasks / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public override string ToString() => this switch
    {
        { Workers: 0 } => "adaptive",
        { Kind: WorkerKind.Serial } => "serial",
        _ => $"{Workers} {Kind.ToString().ToLowerInvariant()}",
    };
}

/// <summary>The kinds of work; each takes the number of its task.</summary>
internal static class Work
{
    private static readonly HttpClient _client = new();
    private static readonly byte[] _block = Prose(1 << 20);
    private static readonly int[] _numbers = Numbers(200_000);
    private static readonly Regex _pattern = new(@"(\w+)\s+\1|[aeiou]{3,}", RegexOptions.Compiled);

    private const int Clones = 320;

    // Steps that an idle core of a few years' age takes a millisecond for; what counts is that all choices do the same.
    private const long StepsPerMillisecond = 350_000;

    public static double Sleep(int task)
    {
        Wait(50);
        return task;
    }

    public static double Fetch(int task) =>
        _client.GetByteArrayAsync(new Uri($"{Environment.GetEnvironmentVariable("BENCH_SERVER")}api/{task}")).GetAwaiter().GetResult().Length;

    public static double Pull(int task) => Git("-C", Path.Combine(Environment.GetEnvironmentVariable("BENCH_FOLDER")!, $"clone-{task % Clones}"), "pull", "--quiet", "--ff-only");

    public static double Sha256(int task)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < 16; i++)
            hash.AppendData(_block);
        return hash.GetHashAndReset()[0];
    }

    public static double Sort(int task)
    {
        int[] copy = [.. _numbers];
        Array.Sort(copy);
        return copy[task % copy.Length];
    }

    public static double Compress(int task)
    {
        using var output = new MemoryStream();
        using (var deflate = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(_block);
        return output.Length;
    }

    public static double Tiny(int task) => Steps(3500);

    public static double Mixed5(int task) => Steps(5 * StepsPerMillisecond) + Wait(45);

    public static double Mixed45(int task) => Steps(45 * StepsPerMillisecond) + Wait(5);

    public static double Mixed20(int task) => Steps(20 * StepsPerMillisecond) + Wait(20);

    public static double Garbage(int task)
    {
        byte[][] inUse = new byte[2000][];
        long sum = 0;
        for (int i = 0; i < 20_000; i++)
        {
            for (int j = 0; j < 20; j++)
                inUse[(i + (j * 97)) % inUse.Length] = new byte[200 + (j * 5)];
            sum += inUse[i % inUse.Length]?.Length ?? 0;
        }

        return sum;
    }

    public static double Memory(int task)
    {
        double[] large = new double[20_000_000]; // 160 MB
        for (int i = 0; i < large.Length; i++)
            large[i] = i ^ task;
        double sum = 0;
        foreach (double number in large)
            sum += number;
        return sum;
    }

    public static double Crashes(int task)
    {
        if (task % 25 == 7)
            Process.GetCurrentProcess().Kill();
        return Steps(10 * StepsPerMillisecond);
    }

    public static double Regexes(int task) => _pattern.Count(Encoding.ASCII.GetString(_block, 0, 200_000));

    public static double Files(int task)
    {
        string path = Path.Combine(Environment.GetEnvironmentVariable("BENCH_FOLDER")!, $"file-{Environment.ProcessId}-{task}");
        File.WriteAllBytes(path, _block.AsSpan(0, 100_000));
        long length = File.ReadAllBytes(path).Length;
        File.Delete(path);
        return length;
    }

    public static double Program(int task) => ExternalCommand.Create("sleep", "0.02").RunAsync().GetAwaiter().GetResult().ExitCode ?? -1;

    public static double Matrix(int task)
    {
        const int N = 160;
        double[,] a = new double[N, N], b = new double[N, N], c = new double[N, N];
        for (int i = 0; i < N; i++)
        {
            for (int j = 0; j < N; j++)
                (a[i, j], b[i, j]) = (i + j, i - j);
        }

        for (int i = 0; i < N; i++)
        {
            for (int j = 0; j < N; j++)
            {
                for (int k = 0; k < N; k++)
                    c[i, j] += a[i, k] * b[k, j];
            }
        }

        return c[task % N, 0];
    }

    public static double Text(int task)
    {
        var counts = new Dictionary<string, int>();
        foreach (string word in Encoding.ASCII.GetString(_block, 0, 100_000).Split(' '))
            counts[word] = counts.GetValueOrDefault(word) + 1;
        return counts.Count;
    }

    /// <summary>Makes what <see cref="Pull"/> pulls: a clone for each task of a run, so that no two meet in one.</summary>
    public static Task CloneAsync(string folder) => Task.Run(() =>
    {
        string origin = Path.Combine(folder, "origin");
        Git("init", "--quiet", origin);
        Git("-C", origin, "-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "--quiet", "--allow-empty", "--message", "first");
        for (int i = 0; i < Clones; i++)
            Git("clone", "--quiet", origin, Path.Combine(folder, $"clone-{i}"));
    });

    private static double Git(params string[] arguments)
    {
        CommandResult result = ExternalCommand.Create("git", arguments).RunAsync().GetAwaiter().GetResult();
        return result.Succeeded ? 0 : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {result.Error}");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Steps(long steps)
    {
        double sum = 0;
        for (long i = 0; i < steps; i++)
            sum += Math.Sqrt(i);
        return sum;
    }

    private static double Wait(int milliseconds)
    {
        using var never = new ManualResetEventSlim();
        return never.WaitHandle.WaitOne(milliseconds) ? 1 : 0;
    }

    private static byte[] Prose(int length)
    {
        var random = new Random(1);
        byte[] text = new byte[length];
        for (int i = 0; i < length; i++)
            text[i] = random.Next(6) == 0 ? (byte)' ' : (byte)('a' + (random.Next(26) * random.Next(26) / 26));
        return text;
    }

    private static int[] Numbers(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next())];
    }
}
