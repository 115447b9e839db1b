using ManyHands.Payloads;

namespace ManyHands;

/// <summary>
/// Several executors behind one: each submission goes to the one that suits it, by its label, by the kind that it declares, or, where it says
/// nothing, by what it returns: asynchronous work waits, other work computes. It owns them, and closing it closes them.
/// </summary>
/// <remarks>
/// What holds for a task is what the executor promises that runs it. <see cref="Executor.Traits"/> are the least of all of them: what is promised there holds wherever
/// a task goes. Executors of this kind may stand inside of others.
/// </remarks>
public sealed class HybridExecutor : Executor
{
    private readonly PlacementPolicy _policy;
    private readonly Executor[] _inner;
    private readonly Executor[] _leaves; // an executor may be inside of several
    private volatile bool _isClosed;

    /// <summary>Makes an executor of two.</summary>
    /// <param name="computing">For work that computes, such as a <see cref="ProcessExecutor"/>.</param>
    /// <param name="waiting">For work that waits, such as a <see cref="ThreadExecutor"/>.</param>
    public HybridExecutor(Executor computing, Executor waiting) : this(new PlacementPolicy { Computing = computing, Waiting = waiting })
    {
    }

    /// <summary>Makes an executor of several.</summary>
    /// <param name="policy">Who runs what.</param>
    /// <exception cref="ArgumentException">An executor is missing; the message says which.</exception>
    public HybridExecutor(PlacementPolicy policy) : base(Least(policy))
    {
        _policy = policy with { Labels = new Dictionary<string, Executor>(policy.Labels, (policy.Labels as Dictionary<string, Executor>)?.Comparer) };
        _inner = policy.All;
        _leaves = [.. _inner.SelectMany(executor => (executor as HybridExecutor)?._leaves ?? [executor]).Distinct()];
    }

    internal override int Lanes => _leaves.Sum(executor => executor.Lanes);

    private protected override IPayloadCodec Codec => PayloadCodec.Default;

    /// <inheritdoc/>
    public override ExecutorSnapshot Snapshot() =>
        ExecutorSnapshot.Sum(nameof(HybridExecutor), Array.ConvertAll(_leaves, executor => executor.Snapshot()));

    internal override IEnumerable<IWorkOwner> Pools => _leaves.SelectMany(executor => executor.Pools);

    private protected override Task EndAsync(CloseMode mode)
    {
        _isClosed = true;
        return Task.WhenAll(_inner.Select(executor => executor.Close(mode)));
    }

    internal override Executor Place(SubmitOptions options, bool isAsync) => _policy.For(options, isAsync).Place(options, isAsync);

    internal override Admission Submit(WorkItem item, bool mayWait) => throw new InvalidOperationException("Items are submitted where they were placed.");

    private protected override void ThrowIfClosed() => ObjectDisposedException.ThrowIf(_isClosed, typeof(Executor));

    private static ExecutorTraits Least(PlacementPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        policy.Check();
        ExecutorTraits[] traits = Array.ConvertAll(policy.All, executor => executor.Traits);
        return new ExecutorTraits(
            traits.Min(trait => trait.Isolation),
            traits.Any(trait => trait.CopiesArguments),
            traits.All(trait => trait.CanKill),
            traits.Max(trait => trait.Delivery));
    }
}
