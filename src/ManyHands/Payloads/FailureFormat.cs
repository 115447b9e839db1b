using System.Buffers;

namespace ManyHands.Payloads;

/// <summary>
/// A failure as bytes. What is read may have been written by a worker that lies, so everything that <see cref="FailureCapture"/> limits is limited here, too:
/// bytes of a failure cannot become many times their size in memory.
/// </summary>
internal static class FailureFormat
{
    /// <summary>The largest failure that is read. <see cref="FailureCapture"/> stays well below.</summary>
    public const int MaxLength = 8 << 20;

    private const int MaxDepth = 2 * FailureCapture.MaxDepth;
    private const int MaxFailures = 4 * FailureCapture.MaxFailures;

    public static RemoteFailure Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxLength)
            throw FieldReader.Malformed();
        var reader = new FieldReader(bytes);
        int left = MaxFailures;
        var failure = Read(ref reader, depth: 0, ref left);
        return reader.IsAtEnd ? failure : throw FieldReader.Malformed();
    }

    public static void Write(RemoteFailure failure, IBufferWriter<byte> output)
    {
        output.WriteText(failure.TypeName);
        output.WriteInt32(failure.Types.Count);
        foreach (var type in failure.Types)
            type.Write(output);
        output.WriteText(failure.Message);
        output.WriteText(failure.StackTrace);
        output.WriteInt32(failure.HResult);
        output.WriteText(failure.Source);
        output.WriteText(failure.HelpLink);
        output.WriteInt32(failure.State.Count);
        foreach (var (name, value) in failure.State)
        {
            output.WriteText(name);
            output.WriteBlock(value);
        }

        output.WriteInt32(failure.Data.Count);
        foreach (var (key, value) in failure.Data)
        {
            output.WriteBlock(key);
            output.WriteBlock(value);
        }

        output.WriteInt32(failure.Details.Count);
        foreach (string? detail in failure.Details)
            output.WriteText(detail);
        output.WriteInt32(failure.Inner.Count);
        foreach (var inner in failure.Inner)
            Write(inner, output);
    }

    private static RemoteFailure Read(ref FieldReader reader, int depth, ref int left)
    {
        if (depth > MaxDepth || --left < 0)
            throw FieldReader.Malformed();

        return new RemoteFailure
        {
            TypeName = reader.ReadRequiredText(),
            Types = ReadTypes(ref reader),
            Message = reader.ReadRequiredText(),
            StackTrace = reader.ReadText(),
            HResult = reader.ReadInt32(),
            Source = reader.ReadText(),
            HelpLink = reader.ReadText(),
            State = ReadState(ref reader),
            Data = ReadData(ref reader),
            Details = ReadDetails(ref reader),
            Inner = ReadInner(ref reader, depth + 1, ref left),
        };
    }

    private static FailureType[] ReadTypes(ref FieldReader reader)
    {
        var types = new FailureType[reader.ReadCount(FailureCapture.MaxTypes)];
        for (int i = 0; i < types.Length; i++)
            types[i] = FailureType.Read(ref reader);
        return types;
    }

    private static (string, byte[]?)[] ReadState(ref FieldReader reader)
    {
        var state = new (string, byte[]?)[reader.ReadCount(FailureCapture.MaxMembers)];
        for (int i = 0; i < state.Length; i++)
            state[i] = (reader.ReadRequiredText(), reader.ReadBlock());
        return state;
    }

    private static (byte[], byte[])[] ReadData(ref FieldReader reader)
    {
        var data = new (byte[], byte[])[reader.ReadCount(FailureCapture.MaxMembers)];
        for (int i = 0; i < data.Length; i++)
            data[i] = (reader.ReadBlock() ?? throw FieldReader.Malformed(), reader.ReadBlock() ?? throw FieldReader.Malformed());
        return data;
    }

    private static string?[] ReadDetails(ref FieldReader reader)
    {
        string?[] details = new string?[reader.ReadCount(FailureCapture.MaxDetails)];
        for (int i = 0; i < details.Length; i++)
            details[i] = reader.ReadText();
        return details;
    }

    private static List<RemoteFailure> ReadInner(ref FieldReader reader, int depth, ref int left)
    {
        int count = reader.ReadCount(left);
        var inner = new List<RemoteFailure>();
        for (int i = 0; i < count; i++)
            inner.Add(Read(ref reader, depth, ref left));
        return inner;
    }
}
