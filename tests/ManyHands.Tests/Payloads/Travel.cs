using ManyHands.Payloads;

namespace ManyHands.Tests.Payloads;

/// <summary>Sends a value there and back with the default codec.</summary>
internal static class Travel
{
    public static T ThereAndBack<T>(T value)
    {
        using var writer = new PayloadWriter();
        PayloadCodec.Encode(PayloadCodec.Default, value, writer, PayloadSide.Submit);
        return PayloadCodec.Decode<T>(PayloadCodec.Default, writer.WrittenSpan, PayloadSide.WorkerInput);
    }

    public static byte[] Encode<T>(T value)
    {
        using var writer = new PayloadWriter();
        PayloadCodec.Encode(PayloadCodec.Default, value, writer, PayloadSide.Submit);
        return writer.WrittenSpan.ToArray();
    }

    /// <summary>The message with which the value is refused at submission.</summary>
    public static string Refusal<T>(T value)
    {
        var error = Should.Throw<PayloadException>(() => Encode(value));
        error.Side.ShouldBe(PayloadSide.Submit);
        return error.Message;
    }
}
