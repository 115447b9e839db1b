using ManyHands.Payloads;
using ManyHands.Protocol;

namespace ManyHands.Chaos.Fuzzing;

/// <summary>Everything that is read out of the body of a frame, from spoilt bytes.</summary>
internal sealed class BodyEnd(FuzzJudge judge, Random random)
{
    private delegate void Reading(ReadOnlySpan<byte> bytes);

    private static readonly (string What, Func<Random, byte[]> Sample, Reading Read)[] _bodies =
    [
        // A failure that can be read must also become an exception, whatever it says.
        ("failure", random => Samples.Of(Samples.Failure(random).Write), bytes => _ = RemoteFailure.Read(bytes).Rebuild(typeof(BodyEnd).Assembly).ToString()),
        ("work", random => Samples.Of(WorkReference.From(FuzzWork.All[random.Next(FuzzWork.All.Length)]).Write), bytes => WorkReference.Read(bytes)),
        ("settings", Samples.Settings, bytes => WorkerSettings.Read(bytes)),
        ("greeting", _ => Samples.Of(Greeting.Own.Write), bytes => Greeting.Read(bytes).Mismatch(Greeting.Own)),
        Value("number", 7),
        Value("text", "a text ✓"),
        Value("numbers", new[] { 1.5, double.NaN }),
        Value("pair", (1, 2L)),
        Value("memory", (ReadOnlyMemory<byte>)new byte[] { 1, 2, 3 }),
        Value("segment", new ArraySegment<int>([1, 2, 3])),
        Value("parcel", new FuzzParcel("there", [1, 2.5], new() { ["a"] = 1, ["b"] = 2 })),
        Value("list", new List<string?> { "a", null }),
        Value("time", new Dictionary<Guid, DateTimeOffset> { [Guid.Empty] = DateTimeOffset.UnixEpoch }),
    ];

    private readonly Spoiler _spoiler = new(random);

    public static int Kinds => _bodies.Length;

    public void Live()
    {
        var (what, sample, read) = _bodies[random.Next(_bodies.Length)];
        byte[] bytes = sample(random);
        for (int times = random.Next(3); times >= 0; times--)
            bytes = _spoiler.Bytes(bytes);
        Try(what, bytes, read);
    }

    /// <summary>Each valid body, cut off at each byte in turn.</summary>
    public void CutEverywhere()
    {
        foreach (var (what, sample, read) in _bodies)
        {
            byte[] bytes = sample(random);
            for (int cut = 0; cut < bytes.Length; cut++)
                Try(what, bytes[..cut], read);
        }
    }

    private static (string What, Func<Random, byte[]> Sample, Reading Read) Value<T>(string what, T value) =>
        (what, _ => Samples.Value(value), bytes => Payload.Decode<T>(PayloadCodec.Default, bytes, PayloadSide.ParentResult));

    private void Try(string what, byte[] bytes, Reading read) => judge.Try(what, bytes, 0, () =>
    {
        read(bytes);
        return 1;
    });
}
