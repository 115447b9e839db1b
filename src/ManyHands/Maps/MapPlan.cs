using ManyHands.Payloads;

namespace ManyHands.Maps;

/// <summary>One call of a map: what runs, over what, and how. Each enumeration is a run of its own.</summary>
internal sealed class MapPlan<TArgument, TResult> : IAsyncEnumerable<TResult>
{
    private readonly CancellationToken _callToken;

    public MapPlan(
        Executor executor, IAsyncEnumerable<TArgument> inputs, Work<TArgument, TResult> work, MapOptions options, bool ordered,
        IPayloadCodec? codec, CancellationToken callToken)
    {
        Executor = executor;
        Inputs = inputs;
        Work = work;
        Options = options;
        IsOrdered = ordered;
        Codec = codec;
        _callToken = callToken;
        if (codec is null)
            return;
        Reference = WorkReference.From(work.Delegate);
        PayloadCodec.RequireTravels<TArgument>(codec, PayloadSide.Submit);
        PayloadCodec.RequireTravels<TResult>(codec, PayloadSide.ResultType);
    }

    public Executor Executor { get; }

    public IAsyncEnumerable<TArgument> Inputs { get; }

    public Work<TArgument, TResult> Work { get; }

    public MapOptions Options { get; }

    public bool IsOrdered { get; }

    /// <summary>Encodes arguments and results; null where they stay in this process.</summary>
    public IPayloadCodec? Codec { get; }

    public WorkReference? Reference { get; }

    /// <summary>
    /// Several tasks may travel together. Not where each has a timeout or may be run again, and not where those behind a slow one could not be
    /// taken back from it.
    /// </summary>
    public bool MayBatch => Options is { Timeout: null, Retry: null } && Executor.CanTakeBack;

    /// <summary>Its caller may cancel it.</summary>
    public bool MayBeCancelled => _callToken.CanBeCanceled;

    public IAsyncEnumerator<TResult> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        new MapReader<TArgument, TResult>(this, _callToken, cancellationToken);
}
