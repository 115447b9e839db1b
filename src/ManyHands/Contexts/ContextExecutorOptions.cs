namespace ManyHands;

/// <summary>What a <see cref="ContextExecutor"/> can be told. All have defaults.</summary>
public sealed record ContextExecutorOptions : ExecutorOptions
{
    /// <summary>
    /// The memory of a context is given back once its worker has ended and nothing refers to it any more; the garbage collector sees to that. Code in
    /// such a context is slower to start and to reach its statics, and is never taken from ahead-of-time compiled files (dotnet/runtime#40704). Without
    /// it a context stays until the process ends: right where executors live as long as their application. Default: false.
    /// </summary>
    public bool Collectible { get; init; }

    /// <summary>
    /// When workers are replaced by fresh ones, with fresh statics, although nothing is wrong with them. <see cref="Retirement.AboveBytes"/> does not
    /// apply: a context has no memory of its own that could be measured. Default: never.
    /// </summary>
    public Retirement Retire { get; init; } = new();

    internal override void Check()
    {
        base.Check();
        ArgumentNullException.ThrowIfNull(Retire, nameof(Retire));
        Retire.Check();
        if (Retire.AboveBytes is not null)
        {
            throw new ArgumentException(
                "A context has no memory of its own that could be measured, so Retire.AboveBytes cannot be kept. Use AfterTasks, AfterAge or AfterIdle, "
                + "or a ProcessExecutor.",
                nameof(Retire));
        }
    }
}
