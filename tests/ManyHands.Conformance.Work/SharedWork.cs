using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace ManyHands.Conformance.Work;

/// <summary>Work on what processes share.</summary>
public static partial class SharedWork
{
    private static SharedArray<int>? _kept;

    /// <summary>Writes each index of a range plus one.</summary>
    public static int Fill((SharedArray<int> Array, int From, int To) range)
    {
        for (int i = range.From; i < range.To; i++)
            range.Array.Span[i] = i + 1;
        return Environment.ProcessId;
    }

    public static long Sum(SharedArray<int> array) => Sum(array.Span);

    public static long SumOfView(SharedView<int> view) => Sum(view.Span);

    public static int Ones(SharedArray<byte> array) => array.Span.Count((byte)1);

    /// <summary>The same as a part of something else.</summary>
    public static long SumOfPart(Part part) => Sum(part.Array.Span.Slice(part.From, part.Count));

    public static SharedArray<int> GiveBack(SharedArray<int> array) => array;

    public static SharedArray<int> MakeOne(int length) => new(length);

    /// <summary>Uses it, and disposes what it has been given, as some do with everything.</summary>
    public static int UseAndDispose(SharedArray<int> array)
    {
        using (array)
            return array[0];
    }

    /// <summary>Keeps the array in a static field.</summary>
    public static void Keep(SharedArray<int> array) => _kept = array;

    public static long SumOfKept(int ignored) => Sum(_kept!.Span);

    /// <summary>Writes where only reading is allowed.</summary>
    public static unsafe void Spoil(SharedView<int> view) => Unsafe.AsRef(in view.Span[0]) = -1;

    /// <summary>Changes it, and dies.</summary>
    public static void ChangeAndDie(SharedArray<int> array)
    {
        array[0] = 42;
        Crashing.Kill(0);
    }

    /// <summary>Tries to make all shared memory of a process smaller, as only a hostile worker does.</summary>
    /// <returns>How many there are, and how many could be.</returns>
    public static (int Found, int Cut) CutAll(int pid)
    {
        int found = 0, cut = 0;
        foreach (string path in Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd")))
        {
            if (new FileInfo(path).LinkTarget?.StartsWith("/memfd:manyhands", StringComparison.Ordinal) != true)
                continue;
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            found++;
            cut += ftruncate((int)file.SafeFileHandle.DangerousGetHandle(), 0) == 0 ? 1 : 0;
        }

        return (found, cut);
    }

    /// <summary>Bytes of memory of this size that this process has mapped.</summary>
    public static int MappingsOf(long size)
    {
        int count = 0;
        foreach (string line in File.ReadLines("/proc/self/maps"))
        {
            string[] ends = line.Split(' ')[0].Split('-');
            if (line.Contains("/memfd:manyhands", StringComparison.Ordinal)
                && long.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) - long.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) >= size)
                count++;
        }

        return count;
    }

    /// <summary>How often a value was decoded where this task ran.</summary>
    public static (int Pid, int Decoded) Decoded(Broadcast<Weighed> value) => (Environment.ProcessId, value.Value.Number == 7 ? Weighed.Decoded : -1);

    public static int Last(Broadcast<int[]> values) => values.Value[^1];

    public static void Count((SharedCounter Counter, int Times) order)
    {
        for (int i = 0; i < order.Times; i++)
            order.Counter.Increment();
    }

    /// <summary>Counts without care: reads, adds and writes, guarded by a lock.</summary>
    public static void CountGuarded((SharedLock Lock, SharedArray<int> Number, int Times) order)
    {
        for (int i = 0; i < order.Times; i++)
        {
            using SharedLock.Hold hold = order.Lock.Enter();
            int number = order.Number[0];
            Thread.Yield();
            order.Number[0] = number + 1;
        }
    }

    /// <summary>Says that it has the lock, and keeps it until the gate opens.</summary>
    public static void HoldLock((SharedLock Lock, Gate Gate) order)
    {
        using SharedLock.Hold hold = order.Lock.Enter();
        order.Gate.Pass();
    }

    /// <summary>Takes the lock and dies with it.</summary>
    public static void DieWithLock(SharedLock guard)
    {
        _ = guard.Enter();
        Crashing.Kill(0);
    }

    /// <summary>Writes numbers, says so, and waits for the gate.</summary>
    public static void WriteAndWait((SharedWriter<int> Writer, int Count, Gate Gate) order)
    {
        for (int i = 0; i < order.Count; i++)
            order.Writer.Write(i);
        order.Gate.Pass();
    }

    /// <summary>Writes numbers behind a number of its own.</summary>
    public static void WriteMany((SharedWriter<(int Writer, int Number)> Writer, int Own, int Count) order)
    {
        for (int i = 0; i < order.Count; i++)
            order.Writer.Write((order.Own, i));
    }

    public static void WriteText((SharedWriter<string> Writer, string Text) order) => order.Writer.Write(order.Text);

    /// <summary>Writes numbers and dies.</summary>
    public static void WriteAndDie((SharedWriter<int> Writer, int Count) order)
    {
        for (int i = 0; i < order.Count; i++)
            order.Writer.Write(i);
        Crashing.Kill(0);
    }

    /// <summary>Writes until there is no room, and then for as long as it must; counts what it has written.</summary>
    public static int WriteUntilCancelled((SharedWriter<int> Writer, SharedCounter Written) order, CancellationToken cancellation)
    {
        while (true)
        {
            order.Writer.Write(0, cancellation);
            order.Written.Increment();
        }
    }

    private static long Sum(ReadOnlySpan<int> numbers)
    {
        long sum = 0;
        foreach (int number in numbers)
            sum += number;
        return sum;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int descriptor, long length);

    /// <summary>A range of a shared array.</summary>
    public sealed record Part(SharedArray<int> Array, int From, int Count);

    /// <summary>Counts how often it is decoded.</summary>
    public sealed record Weighed
    {
        private static int _decoded;

        [JsonConstructor]
        public Weighed(int number, string text)
        {
            (Number, Text) = (number, text);
            Interlocked.Increment(ref _decoded);
        }

        public static int Decoded => _decoded;

        public int Number { get; }

        public string Text { get; }
    }
}
