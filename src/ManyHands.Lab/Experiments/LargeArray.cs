using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ManyHands.Lab.Experiments;

/// <summary>Hands a large array to processes: copied, shared, and as a part of a file.</summary>
public sealed class LargeArray : DataExperiment
{
    private const int Length = 8_000_000;
    private readonly double[] _numbers = [.. Enumerable.Range(0, Length).Select(i => (double)(i % 1000))];
    private SharedArray<double>? _shared;
    private string _file = "";

    /// <inheritdoc/>
    public override string Name => "array";

    /// <inheritdoc/>
    public override string Title => "64 MB of numbers, added by all workers";

    /// <inheritdoc/>
    public override string Shows => "What it costs to move data to a process, and that it need not be moved: shared memory and parts of files carry only where it is.";

    /// <inheritdoc/>
    public override string Classic => "pickling in Python's multiprocessing, and shared_memory, which came to avoid it";

    /// <inheritdoc/>
    public override Task<string?> PrepareAsync(string folder, CancellationToken cancellationToken)
    {
        _shared = SharedArray<double>.CopyOf(_numbers);
        _file = Path.Combine(folder, "numbers");
        using FileStream file = File.Create(_file);
        file.Write(MemoryMarshal.AsBytes<double>(_numbers));
        return Task.FromResult<string?>(null);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Contestant> Contestants(IReadOnlyList<int> workerCounts)
    {
        ArgumentNullException.ThrowIfNull(workerCounts);
        var all = new List<Contestant> { Way("serial", 1, Threads, Slices, AddMemory) };
        foreach (int workers in workerCounts.Where(workers => workers > 1))
        {
            all.Add(Way("threads", workers, Threads, Slices, AddMemory));
            all.Add(Way("processes, copied", workers, Processes, Slices, AddMemory));
            all.Add(Way("processes, shared", workers, Processes, SharedRanges, AddShared));
            all.Add(Way("processes, file part", workers, Processes, FileParts, AddFile));
        }

        return all;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _shared?.Dispose();
        return base.DisposeAsync();
    }

    private static ThreadExecutor Threads(int workers) => new(workers);

    private static ProcessExecutor Processes(int workers) => new(workers);

    private static IEnumerable<NumberRange> Ranges(int workers) =>
        Enumerable.Range(0, workers).Select(i => new NumberRange((long)Length * i / workers, (long)Length * (i + 1) / workers));

    private IReadOnlyList<ReadOnlyMemory<double>> Slices(int workers) =>
        [.. Ranges(workers).Select(range => (ReadOnlyMemory<double>)_numbers.AsMemory((int)range.First, (int)(range.End - range.First)))];

    private IReadOnlyList<SharedRange> SharedRanges(int workers) =>
        [.. Ranges(workers).Select(range => new SharedRange(_shared!, range.First, range.End))];

    private IReadOnlyList<FilePart> FileParts(int workers) =>
        [.. Ranges(workers).Select(range => new FilePart(_file, range.First * sizeof(double), (range.End - range.First) * sizeof(double)))];

    private static double AddMemory(ReadOnlyMemory<double> numbers) => Add(numbers.Span);

    private static double AddShared(SharedRange range) => Add(range.Array.Span[(int)range.First..(int)range.End]);

    private static double AddFile(FilePart part) => Add(part.ReadRecords<double>());

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Add(ReadOnlySpan<double> numbers)
    {
        double sum = 0;
        foreach (double number in numbers)
            sum += number;
        return sum;
    }

    private sealed record SharedRange(SharedArray<double> Array, long First, long End);
}
