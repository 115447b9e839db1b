namespace ManyHands;

/// <summary>Which executor runs what. A label counts more than a kind.</summary>
public sealed record PlacementPolicy
{
    /// <summary>Runs work that computes (<see cref="WorkKind.Computing"/>), and synchronous work that does not say what it does.</summary>
    public required Executor Computing { get; init; }

    /// <summary>Runs work that waits (<see cref="WorkKind.Waiting"/>), and asynchronous work that does not say what it does.</summary>
    public required Executor Waiting { get; init; }

    /// <summary>Executors for submissions with a label, <see cref="SubmitOptions.Placement"/>. Default: none.</summary>
    public IReadOnlyDictionary<string, Executor> Labels { get; init; } = new Dictionary<string, Executor>();

    /// <summary>All of them, each once.</summary>
    internal Executor[] All => [.. Labels.Values.Prepend(Waiting).Prepend(Computing).Distinct()];

    internal Executor For(SubmitOptions options, bool isAsync)
    {
        if (options.Placement is { } label)
        {
            return Labels.TryGetValue(label, out Executor? labelled) ? labelled : throw new ArgumentException(
                $"No executor has the label '{label}'. "
                + (Labels.Count == 0 ? "There are no labels here: name executors in PlacementPolicy.Labels." : $"There are: {string.Join(", ", Labels.Keys.Order())}."),
                nameof(options));
        }

        return (options.Kind ?? (isAsync ? WorkKind.Waiting : WorkKind.Computing)) == WorkKind.Waiting ? Waiting : Computing;
    }

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Computing, nameof(Computing));
        ArgumentNullException.ThrowIfNull(Waiting, nameof(Waiting));
        ArgumentNullException.ThrowIfNull(Labels, nameof(Labels));
        foreach (var (label, executor) in Labels)
        {
            if (executor is null)
                throw new ArgumentException($"The label '{label}' has no executor.", nameof(Labels));
        }
    }
}
