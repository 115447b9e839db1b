using System.Reflection;
using ManyHands.Hosting;
using ManyHands.Payloads;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Chaos.Fuzzing;

/// <summary>
/// The worker's side of a lane, listening to a parent that sends whatever comes to its mind. What the lane answers must be frames, about
/// tasks that it was given.
/// </summary>
internal sealed class WorkerEnd : IDisposable
{
    private const int MostFrames = 24;
    private const int Slots = 8;

    private static readonly byte[][] _arguments =
    [
        Samples.Value(41), Samples.Value("some text"), Samples.Value(new long[3]), Samples.Value(new FuzzParcel("here", [1.5], new() { ["stop"] = 2 })),
    ];

    // One for which the lane receives into the argument itself.
    private static readonly byte[] _large = Samples.Value(new long[LargeValue.Threshold / 4]);
    private static readonly byte[] _small = _arguments[2];

    private readonly FuzzJudge _judge;
    private readonly Random _random;
    private readonly Spoiler _spoiler;
    private readonly LaneMemory _memory = LaneMemory.Create(lanes: 1);
    private readonly WorkerHost _host;

    public WorkerEnd(FuzzJudge judge, Random random)
    {
        _judge = judge;
        _random = random;
        _spoiler = new Spoiler(random);
        var endpoint = new WorkerEndpoint(new ScriptedConnection(default, random), [new ScriptedConnection(default, random)], _memory);

        // Only the part that lanes ask; its own Run would make this process a worker.
        _host = (WorkerHost)Activator.CreateInstance(
            typeof(WorkerHost), BindingFlags.Instance | BindingFlags.NonPublic, null,
            [endpoint, new FrameReader(endpoint.Control.Receive), WorkerSettings.Read(Samples.Settings(random))], null)!;
    }

    /// <summary>One parent's life.</summary>
    public void Live()
    {
        var text = new List<byte>();
        for (int i = 0; i < FuzzWork.All.Length; i++)
            text.AddRange(Spoilt(Definition(i), 40));
        text.AddRange(Spoilt(Context(), 40));
        for (int frames = _random.Next(1, MostFrames); frames > 0; frames--)
            text.AddRange(Spoilt(Frame(), 3));
        Listen([.. text]);
    }

    /// <summary>A sensible parent's words, cut off at each byte in turn.</summary>
    public void CutEverywhere()
    {
        byte[] text = [.. Definition(0), .. Context(), .. Run(0, 0), .. Batch(1, 0, 3)];
        for (int cut = 0; cut < text.Length; cut++)
            Listen(text[..cut]);
    }

    public void Dispose() => _memory.Dispose();

    private void Listen(byte[] text)
    {
        List<FrameHeader> said = FrameText.Read(text, out long announced);
        var connection = new ScriptedConnection(text, _random);
        for (int slot = 0; slot < Slots; slot++)
            Volatile.Write(ref _memory.Mark(0, slot), Claim.Open(1, 1 + (slot % 4)));
        int[] outside = [.. said.Select(header => (int)header.Slot).Where(slot => slot >= LaneMemory.Slots)];
        foreach (int slot in outside)
            Volatile.Write(ref _memory.Mark(0, slot), Claim.Open(1, 1)); // not a mark, though it looks like one
        var lane = new HostLane(_host, connection, _random.Next(4) == 0 ? null : _memory, 0);
        _judge.Try("worker", text, announced, () =>
        {
            lane.Run();
            return said.Count;
        });

        if (Array.Exists(outside, slot => Volatile.Read(ref _memory.Mark(0, slot)) != Claim.Open(1, 1)))
            _judge.Cross("a worker took something for a mark that is none", text);
        foreach (int slot in outside)
            Volatile.Write(ref _memory.Mark(0, slot), 0);

        byte[] answer = connection.TakeSent();
        List<FrameHeader> answered = FrameText.Read(answer, out long missing);
        if (missing > 0 || answered.Sum(header => FrameHeader.Size + header.Length) != answer.Length)
            _judge.Cross("a worker sent something that is no frame", text);
        if (answered.Exists(header => !said.Exists(order => order.Task == header.Task && order.Slot == header.Slot)))
            _judge.Cross("a worker answered for a task that it was not given", text);
    }

    private byte[] Frame()
    {
        int work = _random.Next(FuzzWork.All.Length), slot = _random.Next(Slots);
        return _random.Next(10) switch
        {
            0 when IsRare() => FrameText.Write(Header(FrameKind.Run, slot, Array.IndexOf(_arguments, _small)), _large),
            < 6 => Run(slot, work),
            < 9 => Batch(slot, work, 1 + (slot % 4)),
            _ => FrameText.Write(new FrameHeader(FrameText.Kinds[_random.Next(FrameText.Kinds.Count)], 0, (ushort)slot, 5), [1, 2, 3]),
        };
    }

    private bool IsRare() => _random.Next(50) == 0;

    private static byte[] Run(int slot, int work) => FrameText.Write(Header(FrameKind.Run, slot, work), _arguments[work]);

    private static byte[] Batch(int slot, int work, int count) => FrameText.Write(Header(FrameKind.RunBatch, slot, work), Samples.Of(writer =>
    {
        writer.WriteInt32(count);
        for (int i = 0; i < count; i++)
        {
            writer.WriteInt32(_arguments[work].Length);
            _arguments[work].CopyTo(writer.GetSpan(_arguments[work].Length));
            writer.Advance(_arguments[work].Length);
        }
    }));

    private static FrameHeader Header(FrameKind kind, int slot, int work) =>
        new(kind, 0, (ushort)slot, 100 + slot, new RunNumber(1, (ushort)work, 0).ToInt64());

    private static byte[] Definition(int work) =>
        FrameText.Write(new FrameHeader(FrameKind.DefineWork, Number: work), Samples.Of(WorkReference.From(FuzzWork.All[work]).Write));

    private static byte[] Context() => FrameText.Write(new FrameHeader(FrameKind.DefineContext), Samples.Of(writer =>
    {
        writer.WriteText("");
        writer.WriteText("");
    }));

    private byte[] Spoilt(byte[] frame, int oneIn) => _random.Next(oneIn) == 0 ? _spoiler.Frame(frame) : frame;
}
