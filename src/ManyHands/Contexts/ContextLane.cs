using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.Loader;
using ManyHands.Payloads;

namespace ManyHands.Contexts;

/// <summary>What a worker's thread executes with: its load context, the work that has been found there, and room for a result. Of that one thread.</summary>
internal sealed class ContextLane
{
    // As in worker processes: an idle lane keeps no room for a large result.
    private const int KeptBuffer = 256 * 1024;

    private readonly ContextStay _stay;
    private readonly IWorkOwner _pool;
    private readonly Visit _visit;
    private readonly AssemblyLoadContext _context;
    private readonly WorkResolver _resolver;
    private readonly ExecutionContext _clean = ExecutionContext.Capture()!;
    private readonly Dictionary<WorkReference, WorkInvoker> _invokers = [];
    private readonly Dictionary<CallContext, WorkSurroundings> _surroundings = [];
    private readonly PayloadWriter _result = new() { Limit = Payload.MaxLength };
    private readonly Lock _cancelling = new();
    private WorkItem? _cancellable;
    private CancellationTokenSource? _running;

    /// <summary>Makes the lane of the current thread.</summary>
    /// <param name="pool">Waits for what it runs.</param>
    /// <param name="stay">Of the worker's thread in code of others.</param>
    /// <param name="name">Of the context.</param>
    /// <param name="isCollectible">It can be unloaded.</param>
    public ContextLane(IWorkOwner pool, ContextStay stay, string name, bool isCollectible)
    {
        _pool = pool;
        _visit = new Visit(pool, "one of its tasks");
        _stay = stay;
        _context = new WorkContext(name, isCollectible);
        _resolver = new WorkResolver(_context);
    }

    /// <summary>Runs the initializer. Throws what it throws, of a type of this context.</summary>
    public void Initialize(WorkReference initializer, ReadOnlyMemory<byte> argument)
    {
        new Visit(_pool, "its initializer").Run(
            static lane => lane.Self.Invoker(lane.Initializer).Invoke(PayloadCodec.Default, lane.Argument.Span, large: null, lane.Self._result, default),
            (Self: this, Initializer: initializer, Argument: argument));
        _result.Clear();
    }

    /// <summary>Executes what has not begun of an item, and ends those tasks.</summary>
    /// <returns>How long they ran; null where the thread was given up among them, so that nothing here is its business any more.</returns>
    public TimeSpan? Execute(WorkItem item, uint generation)
    {
        ReadOnlySpan<byte> arguments = item.WriteArguments().Span;
        long started = Stopwatch.GetTimestamp();
        int ran = 0;
        CancellationToken cancellation = item.TakesToken ? BeginCancellable(item) : default;
        while (Claim.TryBegin(ref item.Word, generation, out int index))
        {
            if (!TryRun(item, index, item.IsBatch ? Next(ref arguments) : arguments, cancellation))
                return null;
            ran++;
            if (!item.IsBatch)
                continue;
            item.ShowResults(); // the next task may take its time
            item.Publish();
        }

        EndCancellable();
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        if (ran > 0)
            item.Measured(ran, elapsed);
        return elapsed;
    }

    /// <summary>Asks an item to stop, if it is being executed. Called by other threads.</summary>
    public void Cancel(WorkItem item)
    {
        CancellationTokenSource? running;
        lock (_cancelling)
            running = ReferenceEquals(_cancellable, item) ? _running : null;
        try
        {
            running?.Cancel();
        }
        catch (AggregateException error)
        {
            item.FailAll(RemoteFailure.From(error).Rebuild(null)); // a cancellation callback of the work threw: that is the task's own error
        }
    }

    /// <summary>Lets the context go, if it can be unloaded.</summary>
    /// <param name="unloaded">Told of it.</param>
    /// <returns>A warning about others that were let go before, or null.</returns>
    public ContextsKept? Unload(UnloadedContexts unloaded)
    {
        _result.Dispose();
        _invokers.Clear();
        if (_context.IsCollectible)
        {
            _resolver.Types.Unload();
            _context.Unload();
            return unloaded.Add(_context);
        }

        return null;
    }

    private bool TryRun(WorkItem item, int index, ReadOnlySpan<byte> argument, CancellationToken cancellation)
    {
        RemoteFailure? failure = null;
        if (!_stay.TryEnter())
            return false;
        try
        {
            WorkInvoker invoker = Invoker(item.Reference!);
            _visit.Resume();
            SurroundingsFor(item.Context!).Enter();
            invoker.Invoke(PayloadCodec.Default, argument, large: null, _result, cancellation);
        }
        catch (Exception error) // whatever the work throws goes to its caller
        {
            failure = RemoteFailure.From(error);
        }

        _visit.End();
        if (!_stay.TryLeave())
            return false;
        Thread.CurrentThread.IsBackground = true; // whatever the work has made of it: no worker keeps the application from ending
        if (failure is not null)
            item.FailRemotely(index, failure);
        else
            Complete(item, index);
        ForgetResult();
        return true;
    }

    private void Complete(WorkItem item, int index)
    {
        try
        {
            if (_result.Tail is { } large)
            {
                if (!item.IsBatch && item.LargeResult(_result.WrittenCount + large.Bytes.Length) is { } received)
                {
                    large.Bytes.CopyTo(received.Bytes);
                    item.Complete(received);
                    return;
                }

                _result.Write(large.Bytes);
            }

            item.Complete(index, _result.WrittenSpan);
        }
        catch (Exception error) when (error is OutOfMemoryException or PayloadException)
        {
            item.FailOne(index, error is PayloadException ? error : Payload.NoMemory(_result.WrittenCount, PayloadSide.ParentResult));
        }
    }

    private void ForgetResult()
    {
        if (_result.Capacity > KeptBuffer)
            _result.Dispose();
        _result.Clear();
    }

    private WorkInvoker Invoker(WorkReference work)
    {
        if (!_invokers.TryGetValue(work, out WorkInvoker? invoker))
            _invokers[work] = invoker = WorkInvoker.For(_resolver.Resolve(work));
        return invoker;
    }

    private WorkSurroundings SurroundingsFor(CallContext context)
    {
        if (!_surroundings.TryGetValue(context, out WorkSurroundings? surroundings))
            _surroundings[context] = surroundings = new WorkSurroundings(_clean, context, _visit);
        return surroundings;
    }

    private CancellationToken BeginCancellable(WorkItem item)
    {
        var running = new CancellationTokenSource();
        lock (_cancelling)
            (_cancellable, _running) = (item, running);
        if (item.CancelReason != CancelReason.None)
            running.Cancel(); // it came before there was anything to cancel
        return running.Token;
    }

    private void EndCancellable()
    {
        lock (_cancelling)
            (_cancellable, _running) = (null, null);
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> arguments)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(arguments);
        ReadOnlySpan<byte> argument = arguments.Slice(sizeof(int), length);
        arguments = arguments[(sizeof(int) + length)..];
        return argument;
    }
}
