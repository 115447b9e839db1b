using System.Runtime.CompilerServices;

namespace ManyHands.Lab.Experiments;

/// <summary>Counts together, with and without a guard: what is shared, and what only seems to be.</summary>
public sealed class SharedCount : DataExperiment
{
    private const int Total = 5_000_000;
    private static readonly Lock _gate = new();
    private static long _count;
    private SharedCounter? _counter;

    /// <inheritdoc/>
    public override string Name => "race";

    /// <inheritdoc/>
    public override string Title => "Counting to 5,000,000 together";

    /// <inheritdoc/>
    public override string Shows =>
        "Threads that add to one number without a guard lose counts; a guard costs time; processes have a number of their own each, and the caller's stays 0.";

    /// <inheritdoc/>
    public override string Classic => "every textbook on threads: the lost update";

    /// <inheritdoc/>
    public override Task<string?> PrepareAsync(string folder, CancellationToken cancellationToken)
    {
        _counter = new SharedCounter();
        return Task.FromResult<string?>(null);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Contestant> Contestants(IReadOnlyList<int> workerCounts)
    {
        ArgumentNullException.ThrowIfNull(workerCounts);
        var all = new List<Contestant> { Counting("one thread", 1, Threads, CountUnguarded, null) };
        foreach (int workers in workerCounts.Where(workers => workers > 1))
        {
            all.Add(Counting("threads, no guard", workers, Threads, CountUnguarded, null) with { IsUnguarded = true });
            all.Add(Counting("threads, a lock", workers, Threads, CountLocked, null));
            all.Add(Counting("threads, Interlocked", workers, Threads, CountInterlocked, null));
            all.Add(Counting("processes, a static field", workers, Processes, CountUnguarded, null) with { IsUnguarded = true });
            all.Add(Counting("processes, SharedCounter", workers, Processes, CountShared, _counter));
        }

        return [.. all.Select(contestant => contestant with { Expected = Total })];
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _counter?.Dispose();
        return base.DisposeAsync();
    }

    private static Contestant Counting(string kind, int workers, Func<int, Executor> make, Func<CountInput, double> work, SharedCounter? counter) => Way(
        kind,
        workers,
        make,
        n => [.. Enumerable.Range(0, n).Select(i => new CountInput((Total * (i + 1L) / n) - (Total * i / n), counter))],
        work,
        _ => Counted(counter));

    // What the caller sees, and back to 0.
    private static double Counted(SharedCounter? counter) =>
        counter is null ? Interlocked.Exchange(ref _count, 0) : counter.Value + counter.Add(-counter.Value);

    private static ThreadExecutor Threads(int workers) => new(workers);

    private static ProcessExecutor Processes(int workers) => new(workers);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double CountUnguarded(CountInput input)
    {
        // A compiler may add in one go what nobody else is said to read: so it is told that others do.
        for (long i = 0; i < input.Times; i++)
            Volatile.Write(ref _count, Volatile.Read(ref _count) + 1);
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double CountLocked(CountInput input)
    {
        for (long i = 0; i < input.Times; i++)
        {
            lock (_gate)
                _count++;
        }

        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double CountInterlocked(CountInput input)
    {
        for (long i = 0; i < input.Times; i++)
            Interlocked.Increment(ref _count);
        return 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double CountShared(CountInput input)
    {
        for (long i = 0; i < input.Times; i++)
            input.Counter!.Increment();
        return 0;
    }

    private sealed record CountInput(long Times, SharedCounter? Counter);
}
