namespace ManyHands.Payloads;

/// <summary>A value as bytes. Immutable: the value may change afterwards.</summary>
/// <param name="Bytes">The value.</param>
/// <param name="Companions">Objects that the bytes only refer to, and that must be there as long as they are; null for most.</param>
internal readonly record struct Payload(ReadOnlyMemory<byte> Bytes, object? Companions = null)
{
    // Values up to this size are encoded into a buffer that the thread keeps, and copied once into an array of their exact size.
    private const int KeptBuffer = 64 * 1024;

    /// <summary>The largest value that is accepted: 1 GiB.</summary>
    public const int MaxLength = 1 << 30;

    [ThreadStatic]
    private static PayloadWriter? _writer;

    [ThreadStatic]
    private static bool _isResult;

    /// <summary>What this thread is encoding leaves its worker and may outlive it: the result of a task.</summary>
    public static bool IsResult => _isResult;

    [ThreadStatic]
    private static List<object>? _companions;

    public int Length => Bytes.Length;

    /// <summary>What this thread is encoding refers to an object, which must be there as long as the bytes are.</summary>
    public static void Accompany(object companion) => (_companions ??= []).Add(companion);

    /// <summary>Encodes a value; what cannot travel is refused with a <see cref="PayloadException"/> of the given side.</summary>
    public static Payload Encode<T>(IPayloadCodec codec, T value, PayloadSide side)
    {
        if (typeof(T) == typeof(Nothing))
            return default;

        PayloadWriter writer = _writer ?? new PayloadWriter { Limit = MaxLength };
        _writer = null; // a codec may encode inside of an encode
        writer.Clear();
        object? companions = null;
        if (PayloadCodec.IsRaw<T>() && ReferenceEquals(codec, PayloadCodec.Default))
            PayloadCodec.Encode(codec, value, writer, side);
        else
            companions = EncodeWithCompanions(codec, value, writer, side);
        if (writer.WrittenMemory.Length > KeptBuffer)
            return new Payload(writer.WrittenMemory, companions); // the payload owns the buffer now

        var payload = new Payload(writer.WrittenSpan.ToArray(), companions);
        _writer = writer;
        return payload;
    }

    private static List<object>? EncodeWithCompanions<T>(IPayloadCodec codec, T value, PayloadWriter writer, PayloadSide side)
    {
        List<object>? outer = _companions;
        _companions = null;
        try
        {
            PayloadCodec.Encode(codec, value, writer, side);
            return _companions;
        }
        finally
        {
            _companions = outer;
        }
    }

    /// <summary>Encodes what leaves a worker and may outlive it; what cannot travel is refused with a <see cref="PayloadException"/>.</summary>
    public static void EncodeResult<T>(IPayloadCodec codec, T value, PayloadWriter output, PayloadSide side = PayloadSide.Result)
    {
        _isResult = true;
        try
        {
            PayloadCodec.Encode(codec, value, output, side);
        }
        finally
        {
            _isResult = false;
        }
    }

    /// <summary>The error of a value for whose bytes a process had no memory.</summary>
    public static PayloadException NoMemory(int length, PayloadSide side) => new(string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"there was no memory for its {length:N0} bytes. Send a file path or a part of the data, or allow the process more memory."))
    {
        Side = side,
    };

    /// <summary>Decodes a value; failures become a <see cref="PayloadException"/> of the given side.</summary>
    public static T Decode<T>(IPayloadCodec codec, ReadOnlySpan<byte> bytes, PayloadSide side) =>
        typeof(T) == typeof(Nothing) ? default! : PayloadCodec.Decode<T>(codec, bytes, side);
}
