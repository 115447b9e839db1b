using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ManyHands.Conformance.Work;

/// <summary>Work that makes its worker older or bigger, or that only seems to.</summary>
public static class Aging
{
    private static readonly List<byte[]> _kept = [];
    private static readonly List<WeakReference> _rings = [];

    /// <summary>Keeps that many bytes for as long as the worker lives; gives the worker and what it has kept in all.</summary>
    public static (int Pid, long Kept) Keep(int bytes)
    {
        byte[] block = new byte[bytes];
        Array.Fill(block, (byte)1);
        _kept.Add(block);
        return (Environment.ProcessId, _kept.Sum(kept => (long)kept.Length));
    }

    /// <summary>Makes a ring of objects and forgets it; gives the worker and how many rings are not collected yet.</summary>
    public static (int Pid, int Rings) MakeRing(int bytes)
    {
        MakeAndForget(bytes);
        return (Environment.ProcessId, _rings.Count(ring => ring.IsAlive));
    }

    public static int Read(SlowToEncode slow) => slow.Milliseconds;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MakeAndForget(int bytes) => _rings.Add(new WeakReference(new Ring(new byte[bytes])));

    private sealed class Ring
    {
        public Ring(byte[] bytes) => (Bytes, Self) = (bytes, this);

        public byte[] Bytes { get; }

        public Ring Self { get; }
    }
}

/// <summary>A value that takes its time to be encoded, as a big one does.</summary>
[JsonConverter(typeof(Converter))]
public sealed record SlowToEncode(int Milliseconds)
{
    private sealed class Converter : JsonConverter<SlowToEncode>
    {
        public override SlowToEncode Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt32());

        public override void Write(Utf8JsonWriter writer, SlowToEncode value, JsonSerializerOptions options)
        {
            Waiting.For(value.Milliseconds);
            writer.WriteNumberValue(value.Milliseconds);
        }
    }
}
