using ManyHands.Completions;
using ManyHands.Payloads;
using ManyHands.Processes;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Chaos.Fuzzing;

/// <summary>
/// The parent's side of a lane, listening to a worker that sends whatever comes to its mind. Frames may end the tasks that they name, and
/// nothing else.
/// </summary>
internal sealed class ParentEnd(FuzzJudge judge, Random random) : IDisposable
{
    private const int MostFrames = 24;

    // Received right into the result, where the task's type allows it.
    private static readonly byte[] _large = Samples.Value(new long[LargeValue.Threshold / 4]);

    private readonly LaneMemory _memory = LaneMemory.Create(lanes: 1);
    private readonly Spoiler _spoiler = new(random);

    /// <summary>One worker's life.</summary>
    public void Live()
    {
        var (lane, connection, items) = NewLane();
        var text = new List<byte>();
        for (int frames = random.Next(1, MostFrames); frames > 0; frames--)
        {
            byte[] frame = Frame(items);
            text.AddRange(random.Next(3) == 0 ? _spoiler.Frame(frame) : frame);
        }

        Listen(lane, connection, items, [.. text]);
    }

    /// <summary>A sensible worker's words, cut off at each byte in turn.</summary>
    public void CutEverywhere()
    {
        int length = int.MaxValue;
        for (int cut = 0; cut < length; cut++)
        {
            var (lane, connection, items) = NewLane();
            byte[] text = [.. FrameText.Kinds.SelectMany(kind => FrameText.Write(Header(kind, items[0], 0), FrameText.BodyOf(kind, new Random(1))))];
            length = text.Length;
            Listen(lane, connection, items, text[..cut]);
        }
    }

    public void Dispose() => _memory.Dispose();

    private (ProcessLane Lane, ScriptedConnection Connection, FuzzItem[] Items) NewLane()
    {
        var connection = new ScriptedConnection(default, random);
        var lane = new ProcessLane(new FuzzWorker().Lanes[0], connection, random.Next(4) == 0 ? null : _memory, _ => { }, _ => { });
        FuzzItem[] items = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => new FuzzItem(random.Next(3) == 0 ? random.Next(2, 6) : 1))];
        foreach (FuzzItem item in items)
            lane.Dispatch(item);
        lane.Flush();
        return (lane, connection, items);
    }

    private void Listen(ProcessLane lane, ScriptedConnection connection, FuzzItem[] items, byte[] text)
    {
        List<FrameHeader> said = FrameText.Read(text, out long announced);
        var ended = new List<Ending>();
        connection.Script = text;
        judge.Try("parent", text, announced, () => Read(lane, ended));
        foreach (FuzzItem item in items)
        {
            bool named = said.Exists(header => header.Task == item.Id.Value && header.Slot == item.Sequence % LaneMemory.Slots);
            if (!named && (item.HasAnyEnded || ended.Exists(end => ReferenceEquals(end.Item, item))))
                judge.Cross("a task ended that no frame had named", text);
            if (!item.IsComplete && ended.Exists(end => ReferenceEquals(end.Item, item)))
                judge.Cross($"an item was reported as ended while tasks of it had not: they never would", text);
        }

        if (ended.DistinctBy(end => end.Item).Count() != ended.Count)
            judge.Cross("an item was reported as ended twice", text);
        lane.End();
    }

    // What ProcessWorker does with what a lane receives.
    private static int Read(ProcessLane lane, List<Ending> ended)
    {
        int frames = 0;
        while (lane.Reader.TryRead(out FrameHeader header))
        {
            frames++;
            switch (header.Kind)
            {
                case FrameKind.Hello:
                    _ = Greeting.Read(lane.Reader.Body).Mismatch(Greeting.Own);
                    break;
                case FrameKind.Ready:
                    break;
                case FrameKind.StartFailed:
                    _ = RemoteFailure.Read(lane.Reader.Body).Rebuild(null);
                    break;
                default:
                    lane.Receive(header, ended);
                    break;
            }

            _ = lane.Reader.HasFrame;
        }

        return frames;
    }

    private byte[] Frame(FuzzItem[] items)
    {
        FrameKind kind = FrameText.Kinds[random.Next(FrameText.Kinds.Count)];
        FuzzItem item = items[random.Next(items.Length)];
        if (random.Next(2) == 0)
            kind = item.Count == 1 ? FrameKind.Result : FrameKind.BatchResult;
        byte[] body = random.Next(500) == 0 ? _large : FrameText.BodyOf(kind, random);
        return FrameText.Write(Header(kind, item, random.Next(item.Count)), body);
    }

    private static FrameHeader Header(FrameKind kind, FuzzItem item, int index) =>
        new(kind, 0, (ushort)(item.Sequence % LaneMemory.Slots), item.Id.Value, index);
}
