using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Processes;

/// <summary>A started worker process as its parent sees it: connections, output, end.</summary>
internal abstract class WorkerProcess : IDisposable
{
    protected WorkerProcess(int pid, WorkerEndpoint endpoint)
    {
        Pid = pid;
        Endpoint = endpoint;
    }

    public int Pid { get; }

    public WorkerEndpoint Endpoint { get; }

    /// <summary>It has spoken, so it does by itself what a worker does.</summary>
    public virtual void Greeted()
    {
    }

    /// <summary>Who waits for its output.</summary>
    public OutputWaits OutputWaits { get; } = new();

    /// <summary>
    /// Blocks until everything has been handed on that was printed before now, the beginning of a line included. Called before results are given to their
    /// callers, by several threads, never after <see cref="Dispose"/>; cheap if nothing was printed.
    /// </summary>
    public virtual void CatchUp()
    {
    }

    /// <summary>The same, if the worker itself has to say how many bytes it has printed on each stream.</summary>
    /// <exception cref="ProtocolException">This kind of worker has nothing to say about that.</exception>
    public virtual void CatchUp(long outputBytes, long errorBytes) => throw new ProtocolException($"{FrameKind.Printed} was received over shared memory");

    /// <summary>Ends it now. Nothing happens once it has ended.</summary>
    public abstract void Kill();

    /// <summary>Blocks until it has ended.</summary>
    public abstract ProcessEnd Wait();

    /// <summary>Blocks, handing on what it prints, until it has ended and <see cref="EndOutput"/> was called, or both streams have ended.</summary>
    public abstract void ReadOutput(LineSplitter output, LineSplitter errors);

    /// <summary>The process is gone: <see cref="ReadOutput"/> takes what is there and returns, even if a grandchild keeps the stream open.</summary>
    public abstract void EndOutput();

    public abstract void Dispose();
}
