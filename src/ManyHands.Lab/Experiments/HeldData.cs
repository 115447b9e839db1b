using System.Runtime.CompilerServices;

namespace ManyHands.Lab.Experiments;

/// <summary>Has every worker hold the same data, and looks how much memory that takes.</summary>
public sealed class HeldData : DataExperiment
{
    private const int Length = 25_000_000;
    private static readonly Lock _gate = new();
    private static double[]? _held;

    /// <inheritdoc/>
    public override string Name => "held";

    /// <inheritdoc/>
    public override string Title => "Memory of workers that all hold the same 200 MB";

    /// <inheritdoc/>
    public override string Shows => "Threads hold data once. Contexts and processes hold a copy each, unless it lies in shared memory.";

    /// <inheritdoc/>
    public override string Classic => "the memory of multiprocessing workers, a standing question of Python's users";

    /// <inheritdoc/>
    public override bool IsAboutMemory => true;

    /// <inheritdoc/>
    public override IReadOnlyList<Contestant> Contestants(IReadOnlyList<int> workerCounts)
    {
        ArgumentNullException.ThrowIfNull(workerCounts);
        var all = new List<Contestant>();
        foreach (int workers in workerCounts)
        {
            all.Add(HoldingACopy("threads", workers, 1, n => new ThreadExecutor(n)));
            all.Add(HoldingACopy("contexts", workers, workers, n => new ContextExecutor(new ContextExecutorOptions { Workers = n, Collectible = true })));
            all.Add(HoldingACopy("processes", workers, workers, n => new ProcessExecutor(n)));
            all.Add(Sharing(workers));
        }

        return all;
    }

    private static Contestant HoldingACopy(string kind, int workers, int copies, Func<int, Executor> make) =>
        Way<int>(kind, workers, make, n => new int[n], _ => HoldOnce(), Average, Forget) with { Bytes = (long)copies * Length * sizeof(double) };

    private static Contestant Sharing(int workers)
    {
        SharedArray<double>? array = null;
        return Way<SharedArray<double>>(
            "processes, shared", workers, n => new ProcessExecutor(n),
            n =>
            {
                array = new SharedArray<double>(Length);
                Fill(array.Span);
                return [.. Enumerable.Repeat(array, n)];
            },
            shared => Sum(shared.Span), Average, () => array?.Dispose()) with
        { Bytes = Length * sizeof(double) };
    }

    private static double Average(IReadOnlyList<double> results) => results.Average();

    // The next contestant is not to be charged with what this process still holds.
    private static void Forget()
    {
        _held = null;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private static double HoldOnce()
    {
        lock (_gate)
        {
            if (_held is null)
            {
                _held = new double[Length];
                Fill(_held);
            }
        }

        return Sum(_held);
    }

    private static SharedArray<double> Filled()
    {
        var array = new SharedArray<double>(Length);
        Fill(array.Span);
        return array;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill(Span<double> numbers)
    {
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = i % 1000;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Sum(ReadOnlySpan<double> numbers)
    {
        double sum = 0;
        foreach (double number in numbers)
            sum += number;
        return sum;
    }
}
