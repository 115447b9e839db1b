namespace ManyHands.Lab.Experiments;

/// <summary>Tasks so small that handing them over costs more than they do.</summary>
public sealed class TinyTasks : KindsExperiment<TinyTasks, long>, ITaskWork<long>
{
    /// <inheritdoc/>
    public override string Name => "tiny";

    /// <inheritdoc/>
    public override string Title => "5,000 tasks of 0.01 ms";

    /// <inheritdoc/>
    public override string Shows => "What a hand-over costs beside the task. Maps that send tasks in batches hide it; a pool that sends them singly loses here.";

    /// <inheritdoc/>
    public override string Classic => "the chunksize argument of Python's ProcessPoolExecutor.map";

    /// <inheritdoc/>
    public override WorkGroup Group => WorkGroup.Mixed;

    /// <inheritdoc/>
    public override bool KeepsCoresBusy => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<long> Inputs => [.. Enumerable.Repeat(Steps.In(0.01), 5000)];

    /// <inheritdoc/>
    protected override long WarmUp => 1;

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    public static double Run(long input) => Steps.Run(input);
}

/// <summary>Makes garbage.</summary>
public sealed class Allocating : KindsExperiment<Allocating, int>, ITaskWork<int>
{
    /// <inheritdoc/>
    public override string Name => "garbage";

    /// <inheritdoc/>
    public override string Title => "Work that allocates 0.8 GB in small objects";

    /// <inheritdoc/>
    public override string Shows => "The garbage collector of a process stops all of its threads at once; other processes have one of their own.";

    /// <inheritdoc/>
    public override string Classic => "Blackburn, Cheng and McKinley, Myths and Realities (2004), on what collectors cost";

    /// <inheritdoc/>
    public override WorkGroup Group => WorkGroup.Mixed;

    /// <inheritdoc/>
    public override bool KeepsCoresBusy => true;

    /// <inheritdoc/>
    protected override IReadOnlyList<int> Inputs => [.. Enumerable.Repeat(10_000, Parts)];

    /// <inheritdoc/>
    protected override int WarmUp => 10;

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    public static double Run(int input)
    {
        // A window of what is still in use, so that a part survives each collection and has to be copied.
        byte[][] inUse = new byte[2000][];
        long sum = 0;
        for (int i = 0; i < input; i++)
        {
            for (int j = 0; j < 20; j++)
                inUse[(i + (j * 97)) % inUse.Length] = new byte[200 + (j * 5)];
            sum += inUse[i % inUse.Length]?.Length ?? 0;
        }

        return sum > 0 ? 1 : 0;
    }
}
