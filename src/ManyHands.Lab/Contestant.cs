namespace ManyHands.Lab;

/// <summary>One way to do an experiment's work, with one number of workers.</summary>
/// <param name="Kind">Kind of worker, as people call it: "threads", "processes × threads".</param>
/// <param name="Workers">Workers, 1 for what runs one task after another.</param>
/// <param name="OpenAsync">Starts the workers and has each of them do a little of the work, so that nothing is measured that happens only once.</param>
public sealed record Contestant(string Kind, int Workers, Func<CancellationToken, Task<Bout>> OpenAsync)
{
    /// <summary>The runtime it runs on. Default: .NET.</summary>
    public string Runtime { get; init; } = DotNet;

    /// <summary>Memory that it needs at least, in bytes; what would not fit is left out, and said to be. Default: 0, not worth a look.</summary>
    public long Bytes { get; init; }

    /// <summary>What it should come to, where that is known and it may come to something else. Default: what the first contestant comes to.</summary>
    public double? Expected { get; init; }

    /// <summary>Nothing but luck lets it come to the right result, so it is shown and never recommended. Default: no.</summary>
    public bool IsUnguarded { get; init; }

    /// <summary>Name of the runtime that the lab itself runs on.</summary>
    internal const string DotNet = ".NET";

    /// <summary>The kind, with the runtime where it is another one.</summary>
    public string Label => Runtime == DotNet ? Kind : $"{Runtime}, {Kind}";
}

/// <summary>Workers that are ready to run all tasks of an experiment, again and again.</summary>
/// <param name="run">Runs all tasks once.</param>
/// <param name="workers">What to close afterwards.</param>
public sealed class Bout(Func<CancellationToken, Task<Outcome>> run, IAsyncDisposable? workers = null) : IAsyncDisposable
{
    /// <summary>Runs all tasks once.</summary>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What they came to.</returns>
    public Task<Outcome> RunAsync(CancellationToken cancellationToken) => run(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => workers?.DisposeAsync() ?? ValueTask.CompletedTask;
}

/// <summary>What all tasks of an experiment came to, once.</summary>
/// <param name="Value">Sum of their results.</param>
/// <param name="Runs">The tasks, where they were watched.</param>
public sealed record Outcome(double Value, IReadOnlyList<TaskRun> Runs)
{
    /// <summary>The time, where a program of another runtime took it itself, without its own start. Default: the lab takes it.</summary>
    public TimeSpan? Time { get; init; }
}
