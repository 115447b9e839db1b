namespace ManyHands;

/// <summary>What a <see cref="ProcessExecutor"/> can be told. All have defaults.</summary>
public sealed record ProcessExecutorOptions : ExecutorOptions
{
    /// <summary>
    /// Tasks that one worker process runs at once, each on a thread of its own. Default: 1. With more, killing a worker costs its neighbours'
    /// tasks too.
    /// </summary>
    public int LanesPerWorker { get; init; } = 1;

    /// <summary>When workers are replaced although nothing is wrong with them. Default: never.</summary>
    public Retirement Retire { get; init; } = new();

    /// <summary>Where the lines go that workers print. Default: this process's console.</summary>
    public WorkerOutput Output { get; init; } = WorkerOutput.Console;

    /// <summary>Variables that workers have beside this process's own; null takes one away. Default: none.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>
    /// Encodes arguments and results. A class with a public constructor without parameters; the worker makes one of its own. Default: raw
    /// bytes for unmanaged values, strings and arrays of them, JSON for the rest.
    /// </summary>
    public IPayloadCodec? Codec { get; init; }

    /// <summary>Time a worker has to become ready, initializer included. Default: 60 s.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Uses the transport of systems other than Linux; for tests.</summary>
    internal bool Portable { get; init; }

    internal override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(LanesPerWorker, 1, nameof(LanesPerWorker));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StartLimit, TimeSpan.Zero, nameof(StartLimit));
        ArgumentNullException.ThrowIfNull(Retire, nameof(Retire));
        Retire.Check();
        ArgumentNullException.ThrowIfNull(Environment, nameof(Environment));
        foreach (var (name, value) in Environment)
        {
            if (name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal) || value?.Contains('\0', StringComparison.Ordinal) == true)
                throw new ArgumentException($"'{name}' cannot be a variable: a name is not empty and has no '=', and neither name nor value has a NUL.", nameof(Environment));
        }

        if (Codec is { } codec && codec.GetType().GetConstructor(Type.EmptyTypes) is null)
            throw new ArgumentException($"{codec.GetType()} needs a public constructor without parameters: each worker makes its own.", nameof(Codec));
    }
}
