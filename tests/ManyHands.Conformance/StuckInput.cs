using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ManyHands.Conformance.Work;
using Xunit.Sdk;

namespace ManyHands.Conformance;

/// <summary>How an input can make a map wait.</summary>
public enum StuckInput
{
    /// <summary>It blocks the thread that asks for its next item.</summary>
    Blocks,

    /// <summary>It is asynchronous, and listens to its token.</summary>
    Listens,

    /// <summary>It is asynchronous, and does not listen.</summary>
    Ignores,
}

/// <summary>Gives one item, and then none.</summary>
internal sealed class StuckSequence(StuckInput kind) : IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _waits = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Waits => _waits.Task;

    public bool IsDisposed { get; private set; }

    public IAsyncEnumerable<int> Map(Executor pool, bool ordered) => (kind == StuckInput.Blocks, ordered) switch
    {
        (true, true) => pool.MapAsync(Blocking(), Arithmetic.AddOne),
        (true, false) => pool.MapUnorderedAsync(Blocking(), Arithmetic.AddOne),
        (false, true) => pool.MapAsync(Asynchronous(), Arithmetic.AddOne),
        (false, false) => pool.MapUnorderedAsync(Asynchronous(), Arithmetic.AddOne),
    };

    public IEnumerable<int> Blocking()
    {
        try
        {
            yield return 1;
            _waits.TrySetResult();
            _open.Wait();
        }
        finally
        {
            IsDisposed = true;
        }
    }

    public async IAsyncEnumerable<int> Asynchronous([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        try
        {
            yield return 1;
            _waits.TrySetResult();
            if (kind == StuckInput.Listens)
                await Channel.CreateUnbounded<int>().Reader.ReadAsync(cancellation);
            else
                await _opened.Task;
        }
        finally
        {
            IsDisposed = true;
        }
    }

    public void Dispose()
    {
        _opened.TrySetResult();
        _open.Set(); // not disposed: a thread may be in it
    }
}

/// <summary>Every way to close, every input that makes a map wait, in order and as they finish.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClosingsOfStuckMapsAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        from mode in Enum.GetValues<CloseMode>()
        from kind in Enum.GetValues<StuckInput>()
        from ordered in (bool[])[true, false]
        select (object[])[mode, kind, ordered];
}
