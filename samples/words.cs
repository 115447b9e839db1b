#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false
#:property Configuration=Release

// Counts the words of a large file on all cores, and says how long `wc -w` takes for the same. Tasks are given parts of the file, a path and a
// range, and each worker reads its own part: the file is never in memory as a whole.
// Usage: dotnet run samples/words.cs [-- MEGABYTES]     (makes a file of 1024 MB unless told, and removes it)

using System.Diagnostics;
using System.Globalization;
using ManyHands;

int megabytes = args is [var size] ? int.Parse(size, CultureInfo.InvariantCulture) : 1024;
string file = Path.Combine(Path.GetTempPath(), $"words-{Environment.ProcessId}.txt");
try
{
    Text.Write(file, megabytes);
    await using var pool = new ProcessExecutor();
    await pool.RunAsync(Words.Count, new FilePart(file, 0, 1000)); // the first worker starts, and its code is compiled

    var clock = Stopwatch.StartNew();
    long words = 0;
    await foreach (long part in pool.MapAsync(FilePart.OfLines(file), Words.Count))
        words += part;
    TimeSpan ours = clock.Elapsed;

    clock.Restart();
    CommandResult wc = await new ExternalCommand { Program = "wc", Arguments = ["-w", file], Environment = new Dictionary<string, string?> { ["LC_ALL"] = "C" } }.RunAsync();
    TimeSpan theirs = clock.Elapsed;

    Console.WriteLine($"{words} words in {megabytes} MB; wc says {wc.Output.Split(' ')[0]}");
    Console.WriteLine($"{ours.TotalSeconds:f2} s on {pool.Snapshot().Workers.Count} workers, {theirs.TotalSeconds:f2} s by wc -w: {theirs / ours:f1} times as fast");
    Console.WriteLine($"peak memory: {string.Join(", ", pool.Snapshot().Workers.Select(worker => $"worker {worker.Number} {Memory.Peak(worker.Pid!.Value)} MiB"))}, caller {Memory.Peak(Environment.ProcessId)} MiB");
}
finally
{
    File.Delete(file);
}

static class Words
{
    public static long Count(FilePart part)
    {
        using Stream bytes = part.Open();
        byte[] buffer = new byte[64 * 1024];
        long words = 0;
        int before = 1; // a word begins where a blank is followed by something else
        for (int read; (read = bytes.Read(buffer)) > 0;)
        {
            foreach (byte value in buffer.AsSpan(0, read))
            {
                int blank = value is (byte)' ' or (>= 9 and <= 13) ? 1 : 0;
                words += before & ~blank;
                before = blank;
            }
        }

        return words;
    }
}

static class Text
{
    public static void Write(string path, int megabytes)
    {
        var random = new Random(1);
        string[] words = ["dharma", "artha", "kama", "a", "longer-than-most-words", "x", "Kurukshetra"];
        var lines = new System.Text.StringBuilder();
        while (lines.Length < 1 << 20)
            lines.Append(string.Join(' ', Enumerable.Range(0, random.Next(1, 20)).Select(_ => words[random.Next(words.Length)]))).Append('\n');
        byte[] block = System.Text.Encoding.ASCII.GetBytes(lines.ToString());
        using FileStream file = File.Create(path);
        for (int i = 0; i < megabytes; i++)
            file.Write(block);
    }
}

static class Memory
{
    public static long Peak(int pid) => File.ReadLines($"/proc/{pid}/status")
        .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024)
        .Single();
}
