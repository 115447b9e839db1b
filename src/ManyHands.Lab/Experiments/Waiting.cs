namespace ManyHands.Lab.Experiments;

/// <summary>Sleeps: waiting and nothing else.</summary>
public sealed class Sleeping : KindsExperiment<Sleeping, int>, IAsyncTaskWork<int>
{
    /// <inheritdoc/>
    public override string Name => "sleep";

    /// <inheritdoc/>
    public override string Title => "16 tasks that wait 20 ms";

    /// <inheritdoc/>
    public override string Shows => "Waiting costs no core: the number of workers decides, not that of cores.";

    /// <inheritdoc/>
    public override string Classic => "every first example of concurrent.futures and asyncio (time.sleep)";

    /// <inheritdoc/>
    public override WorkGroup Group => WorkGroup.Waiting;

    /// <inheritdoc/>
    protected override IReadOnlyList<int> Inputs => [.. Enumerable.Repeat(20, 16)];

    /// <inheritdoc/>
    protected override int WarmUp => 0;

    private protected override Func<int, Task<TaskRun>>? AsyncWork => AsyncOf<Sleeping>();

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    public static double Run(int input)
    {
        Pause.For(input);
        return 1;
    }

    /// <inheritdoc cref="IAsyncTaskWork{TInput}.RunAsync"/>
    public static async Task<double> RunAsync(int input)
    {
        await Task.Delay(input).ConfigureAwait(false);
        return 1;
    }
}

/// <summary>What one task does.</summary>
/// <param name="Steps">Steps it computes.</param>
/// <param name="Wait">Milliseconds it waits.</param>
public readonly record struct MixedInput(long Steps, int Wait);

/// <summary>Computes for 5 ms and waits for 45.</summary>
public sealed class Mixed : KindsExperiment<Mixed, MixedInput>, IAsyncTaskWork<MixedInput>
{
    /// <inheritdoc/>
    public override string Name => "mixed";

    /// <inheritdoc/>
    public override string Title => "16 tasks that compute 5 ms and wait 45 ms";

    /// <inheritdoc/>
    public override string Shows => "Work that does both: more workers than cores pay until the cores are full, at cores × wall time / processor time.";

    /// <inheritdoc/>
    public override string Classic => "Brian Goetz, Java Concurrency in Practice (2006), 8.2: sizing thread pools";

    /// <inheritdoc/>
    public override WorkGroup Group => WorkGroup.Mixed;

    /// <inheritdoc/>
    protected override IReadOnlyList<MixedInput> Inputs => [.. Enumerable.Repeat(new MixedInput(Steps.In(5), 45), Parts)];

    /// <inheritdoc/>
    protected override MixedInput WarmUp => new(100, 0);

    private protected override Func<MixedInput, Task<TaskRun>>? AsyncWork => AsyncOf<Mixed>();

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    public static double Run(MixedInput input)
    {
        double value = Steps.Run(input.Steps);
        Pause.For(input.Wait);
        return value;
    }

    /// <inheritdoc cref="IAsyncTaskWork{TInput}.RunAsync"/>
    public static async Task<double> RunAsync(MixedInput input)
    {
        double value = Steps.Run(input.Steps);
        await Task.Delay(input.Wait).ConfigureAwait(false);
        return value;
    }
}

/// <summary>Starts programs.</summary>
public sealed class Subprocesses : KindsExperiment<Subprocesses, string>, IAsyncTaskWork<string>
{
    /// <inheritdoc/>
    public override string Name => "programs";

    /// <inheritdoc/>
    public override string Title => "32 programs that wait 20 ms";

    /// <inheritdoc/>
    public override string Shows => "A program is a process already: whoever only waits for it needs no further one.";

    /// <inheritdoc/>
    public override string Classic => "xargs -P and GNU parallel";

    /// <inheritdoc/>
    public override WorkGroup Group => WorkGroup.Waiting;

    /// <inheritdoc/>
    public override bool IsQuick => false;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Inputs => [.. Enumerable.Repeat("0.02", 32)];

    /// <inheritdoc/>
    protected override string WarmUp => "0";

    private protected override Func<string, Task<TaskRun>>? AsyncWork => AsyncOf<Subprocesses>();

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    public static double Run(string input) => RunAsync(input).GetAwaiter().GetResult();

    /// <inheritdoc cref="IAsyncTaskWork{TInput}.RunAsync"/>
    public static async Task<double> RunAsync(string input)
    {
        CommandResult result = await ExternalCommand.Create("sleep", input).RunAsync().ConfigureAwait(false);
        return result.ExitCode == 0 ? 1 : throw new InvalidOperationException($"sleep ended with exit code {result.ExitCode}: {result.Error}");
    }
}
