using ManyHands.Payloads;

namespace ManyHands;

/// <summary>Work that runs once in each worker before its first task: load a model, open a library, warm a cache.</summary>
public sealed class WorkerInitializer
{
    private readonly Action _run;
    private readonly Func<IPayloadCodec, Payload> _encode;

    private WorkerInitializer(Delegate work, Action run, Func<IPayloadCodec, Payload> encode)
    {
        Work = work;
        _run = run;
        _encode = encode;
    }

    internal Delegate Work { get; }

    /// <summary>Makes an initializer.</summary>
    /// <typeparam name="TArgument">What it is given.</typeparam>
    /// <param name="work">A static method or a lambda without captures, as for tasks. On threads it runs once for each of the workers.</param>
    /// <param name="argument">What each worker gets; where arguments are copied, as it is when the executor is made.</param>
    /// <returns>The initializer, for <see cref="ExecutorOptions.Initializer"/>.</returns>
    public static WorkerInitializer Of<TArgument>(Action<TArgument> work, TArgument argument)
    {
        ArgumentNullException.ThrowIfNull(work);
        return new WorkerInitializer(work, () => work(argument), codec => Payload.Encode(codec, argument, PayloadSide.Submit));
    }

    internal void Run() => _run();

    internal Payload Encode(IPayloadCodec codec) => _encode(codec);
}
