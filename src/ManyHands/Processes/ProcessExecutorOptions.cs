using ManyHands.Processes;

namespace ManyHands;

/// <summary>What a <see cref="ProcessExecutor"/> can be told. All have defaults.</summary>
public sealed record ProcessExecutorOptions : ExecutorOptions
{
    /// <summary>
    /// Tasks that one worker process runs at once, each on a thread of its own. Default: 1. With more, killing a worker costs its neighbours'
    /// tasks too.
    /// </summary>
    public int LanesPerWorker { get; init; } = 1;

    /// <summary>
    /// Workers beyond <see cref="ExecutorOptions.Workers"/> that are started and initialised, and get no tasks until one of the others is missing:
    /// lost, killed, retired or not started yet. One of them then steps in at once, and another is started in the background. Each costs a
    /// process and its memory. They are started once the first worker is ready. Default: 0.
    /// </summary>
    public int WarmSpares { get; init; }

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
    public TimeSpan StartLimit { get; init => field = OrForEver(value); } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Time without an answer after which a worker has hung: it is stopped, or so deeply stuck that not even a thread without work runs in it. It
    /// is killed and replaced, and its task fails with <see cref="WorkerLossCause.Hung"/>. Work that computes, blocks or loops in native code is
    /// not hung, however long it takes, and time in which this process itself did not run does not count. Each worker is asked every few
    /// seconds. Null or <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>: never; say so to debug a worker. Default: 30 s.
    /// </summary>
    public TimeSpan? HeartbeatLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Memory that each worker may have, in bytes. Managed objects may take four fifths of it, or 64 MiB less where that is less: work
    /// that wants more gets an <see cref="OutOfMemoryException"/>, which is its own error, and its worker is replaced. A busy worker whose resident memory is above the
    /// limit all the same is killed: its task fails with <see cref="WorkerLossCause.OutOfMemory"/>. It is looked at ten times a second, so what
    /// is allocated outside of the managed heap may exceed the limit for so long. The runtime itself takes some 40 MiB. Default: none.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>
    /// The largest encoded result that is taken from a worker, in bytes, for a single task and for each task of a map. A task whose result has more fails with
    /// <see cref="PayloadTooLargeException"/>, its worker is kept, and this process takes no memory for it. From 1 to 1 GiB. Default: 1 GiB.
    /// </summary>
    public long MaxResult { get; init; } = Payloads.Payload.MaxLength;

    /// <summary>A worker without work needs most of this.</summary>
    internal const long LeastMemory = 96L << 20;

    /// <summary>Another command than the usual one, which may not lead to a worker at all; for tests.</summary>
    internal WorkerLaunch? Launch { get; init; }

    /// <summary>Uses the transport of systems other than Linux; for tests.</summary>
    internal bool Portable { get; init; }

    internal override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(LanesPerWorker, 1, nameof(LanesPerWorker));
        ArgumentOutOfRangeException.ThrowIfNegative(WarmSpares, nameof(WarmSpares));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StartLimit, TimeSpan.Zero, nameof(StartLimit));
        if (HeartbeatLimit is { } limit && limit != System.Threading.Timeout.InfiniteTimeSpan)
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero, nameof(HeartbeatLimit));
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxResult, 1, nameof(MaxResult));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxResult, Payloads.Payload.MaxLength, nameof(MaxResult));
        if (MemoryLimit is { } bytes)
            ArgumentOutOfRangeException.ThrowIfLessThan(bytes, LeastMemory, nameof(MemoryLimit));
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
