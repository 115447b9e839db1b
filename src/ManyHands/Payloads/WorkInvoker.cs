using System.Reflection;

namespace ManyHands.Payloads;

/// <summary>Decodes an argument, runs the work and encodes the result: one piece of work of which the types are known at run time only.</summary>
internal abstract class WorkInvoker
{
    /// <summary>Makes the invoker for a resolved delegate.</summary>
    public static WorkInvoker For(Delegate work)
    {
        MethodInfo method = work.GetType().GetMethod("Invoke")!;
        Type argument = method.GetParameters()[0].ParameterType;
        Type result = method.ReturnType;
        if (result == typeof(void) || result == typeof(Task))
            result = typeof(Nothing);
        else if (result.IsGenericType && result.GetGenericTypeDefinition() == typeof(Task<>))
            result = result.GetGenericArguments()[0];
        return (WorkInvoker)Activator.CreateInstance(typeof(Typed<,>).MakeGenericType(argument, result), work)!;
    }

    public abstract bool TakesToken { get; }

    /// <summary>Where an argument of this length is best received; null for a buffer.</summary>
    public abstract LargeValue? LargeArgument(IPayloadCodec codec, int length);

    /// <summary>Runs the work on this thread, to its end. Throws what the work throws, or a <see cref="PayloadException"/>.</summary>
    public abstract void Invoke(
        IPayloadCodec codec, ReadOnlySpan<byte> argument, LargeValue? large, PayloadWriter result, CancellationToken cancellation);

    private sealed class Typed<TArgument, TResult>(Delegate work) : WorkInvoker
    {
        private readonly Work<TArgument, TResult> _work = new(work);

        public override bool TakesToken => _work.TakesToken;

        public override LargeValue? LargeArgument(IPayloadCodec codec, int length) => LargeValue.ToFill<TArgument>(codec, length);

        public override void Invoke(
            IPayloadCodec codec, ReadOnlySpan<byte> argument, LargeValue? large, PayloadWriter result, CancellationToken cancellation)
        {
            TArgument decoded = large is LargeValue<TArgument> received
                ? received.Value
                : Payload.Decode<TArgument>(codec, argument, PayloadSide.WorkerInput);
            Task<TResult>? pending = _work.Invoke(decoded, cancellation, out TResult value);
            if (pending is not null)
                value = pending.GetAwaiter().GetResult(); // the lane is a thread of its own and has nothing else to do
            GC.KeepAlive(decoded); // it may be a handle of shared memory that the work uses in place, and no longer mentions
            if (typeof(TResult) == typeof(Nothing))
                return;
            if (LargeValue.ToSend(codec, value) is { } sent)
                result.WriteLarge(sent);
            else
                Payload.EncodeResult(codec, value, result);
        }
    }
}
