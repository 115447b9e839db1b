using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace ManyHands.Lab.Experiments;

/// <summary>A part of a computation that all tasks share: the numbers from <paramref name="First"/> to before <paramref name="End"/>.</summary>
/// <param name="First">The first number.</param>
/// <param name="End">The first number behind the part.</param>
public readonly record struct NumberRange(long First, long End);

/// <summary>A computation over the numbers below a limit, in equal parts.</summary>
/// <typeparam name="TWork">The experiment itself.</typeparam>
public abstract class NumbersExperiment<TWork> : KindsExperiment<TWork, NumberRange>
    where TWork : ITaskWork<NumberRange>
{
    /// <inheritdoc/>
    public override WorkGroup Group => WorkGroup.Computing;

    /// <summary>The first number that is not computed.</summary>
    protected abstract long Limit { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<NumberRange> Inputs =>
        [.. Enumerable.Range(0, Parts).Select(part => new NumberRange(Limit * part / Parts, Limit * (part + 1) / Parts))];

    /// <inheritdoc/>
    protected override NumberRange WarmUp => new(0, 1000);
}

/// <summary>Counts down.</summary>
public sealed class Countdown : NumbersExperiment<Countdown>, ITaskWork<NumberRange>
{
    /// <inheritdoc/>
    public override string Name => "countdown";

    /// <inheritdoc/>
    public override string Title => "Countdown from 50,000,000";

    /// <inheritdoc/>
    public override string Shows => "Whether two threads compute at the same time at all. Under a global interpreter lock they do not.";

    /// <inheritdoc/>
    public override string Classic => "David Beazley, Inside the Python GIL (2009)";

    /// <inheritdoc/>
    protected override long Limit => 50_000_000;

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // fully compiled at once, in every worker
    public static double Run(NumberRange input)
    {
        long left = input.End - input.First;
        while (left > 0)
            left--;
        return left + 1;
    }
}

/// <summary>Adds squares.</summary>
public sealed class SquareSum : NumbersExperiment<SquareSum>, ITaskWork<NumberRange>
{
    /// <inheritdoc/>
    public override string Name => "squares";

    /// <inheritdoc/>
    public override string Title => "Sum of the squares below 10,000,000";

    /// <inheritdoc/>
    public override string Shows => "Work with integers that never leaves the core: the speed-up that the cores allow.";

    /// <inheritdoc/>
    public override string Classic => "tutorials on Python's multiprocessing.Pool";

    /// <inheritdoc/>
    public override bool IsQuick => false;

    /// <inheritdoc/>
    protected override long Limit => 10_000_000;

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Run(NumberRange input)
    {
        double sum = 0;
        for (long i = input.First; i < input.End; i++)
            sum += (double)(i * i);
        return sum;
    }
}

/// <summary>Adds square roots, 4,000,000 for each core, so that the whole grows with the machine.</summary>
public sealed class SquareRoots : NumbersExperiment<SquareRoots>, ITaskWork<NumberRange>
{
    /// <inheritdoc/>
    public override string Name => "roots";

    /// <inheritdoc/>
    public override string Title => "Square roots of 4,000,000 numbers per core";

    /// <inheritdoc/>
    public override string Shows => "Work that keeps the unit for floating-point numbers busy. Two hardware threads share one; then the speed-up stays behind.";

    /// <inheritdoc/>
    public override string Classic => "videos on threads and processes that run one task for each core";

    /// <inheritdoc/>
    public override bool IsQuick => false;

    /// <inheritdoc/>
    protected override long Limit => 4_000_000L * Environment.ProcessorCount;

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Run(NumberRange input)
    {
        double sum = 0;
        for (long i = input.First; i < input.End; i++)
            sum += Math.Sqrt(i);
        return sum;
    }
}

/// <summary>Adds cosines.</summary>
public sealed class Cosines : NumbersExperiment<Cosines>, ITaskWork<NumberRange>
{
    /// <inheritdoc/>
    public override string Name => "cosines";

    /// <inheritdoc/>
    public override string Title => "Cosines added over 10,000,000 steps";

    /// <inheritdoc/>
    public override string Shows => "Longer computation in a library function: what is left of the speed-up when tasks are large.";

    /// <inheritdoc/>
    public override string Classic => "benchmarks of Python's interpreter lock with math.cos";

    /// <inheritdoc/>
    protected override long Limit => 10_000_000;

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Run(NumberRange input)
    {
        double sum = 0;
        for (long i = input.First; i < input.End; i++)
            sum += Math.Cos(i);
        return sum;
    }
}

/// <summary>Hashes 256 MB: work that is done in native code.</summary>
public sealed class Hashing : KindsExperiment<Hashing, int>, ITaskWork<int>
{
    private const int Block = 1 << 20;

    /// <inheritdoc/>
    public override string Name => "sha256";

    /// <inheritdoc/>
    public override string Title => "SHA-256 of 256 MB";

    /// <inheritdoc/>
    public override string Shows => "Computation in native code, where interpreters let go of their lock: there, even Python's threads speed it up.";

    /// <inheritdoc/>
    public override string Classic => "the example of Python's documentation for work that releases the lock (hashlib)";

    /// <inheritdoc/>
    public override WorkGroup Group => WorkGroup.Computing;

    /// <inheritdoc/>
    public override bool IsQuick => false;

    /// <inheritdoc/>
    protected override IReadOnlyList<int> Inputs => [.. Enumerable.Repeat(16, Parts)];

    /// <inheritdoc/>
    protected override int WarmUp => 0;

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    public static double Run(int input)
    {
        byte[] block = new byte[Block];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < input; i++)
            hash.AppendData(block);
        return hash.GetHashAndReset()[0];
    }
}
