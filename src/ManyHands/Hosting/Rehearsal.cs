using ManyHands.Payloads;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Hosting;

/// <summary>
/// Runs a task for nobody, in a lane of its own. Two thirds of a worker's way from its first task to the result is code that is compiled on the
/// way, so a worker that is held back for the day when another is missing goes that way before (bench/rivals, kill).
/// </summary>
internal static class Rehearsal
{
    /// <summary>Does it. Before the worker has the codec of its executor: nobody's code runs here.</summary>
    public static void Run(WorkerHost host)
    {
        const uint generation = 1;
        using LaneMemory memory = LaneMemory.Create(lanes: 1);
        Connection parent = memory.ParentEnd(0), worker = memory.WorkerEnd(0);
        memory.Mark(0, 0) = Claim.Open(generation, 1);
        Define(parent, FrameKind.DefineContext, body =>
        {
            CallContext context = CallContext.Capture();
            body.WriteText(context.Culture);
            body.WriteText(context.UICulture);
        });
        Define(parent, FrameKind.DefineWork, WorkReference.From(Nothing).Write);
        Send(parent, new FrameHeader(FrameKind.Run, Task: 1, Number: new RunNumber(generation, 0, 0).ToInt64()), new byte[sizeof(int)]);
        worker.End(); // what has arrived is read, then comes the end
        new HostLane(host, worker, memory, 0).Run();
    }

    private static void Define(Connection parent, FrameKind kind, Action<PayloadWriter> write)
    {
        var body = new PayloadWriter();
        write(body);
        Send(parent, new FrameHeader(kind), body.WrittenSpan);
    }

    private static void Send(Connection parent, FrameHeader header, ReadOnlySpan<byte> body)
    {
        Span<byte> bytes = stackalloc byte[FrameHeader.Size];
        (header with { Length = body.Length }).Write(bytes);
        parent.Send(bytes);
        parent.Send(body);
    }

    private static int Nothing(int value) => value;
}
