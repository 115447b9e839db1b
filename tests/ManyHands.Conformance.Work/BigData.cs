namespace ManyHands.Conformance.Work;

/// <summary>Work on arguments that do not fit into a channel.</summary>
public static class BigData
{
    public static int Crash(byte[] bytes)
    {
        Crashing.Fault(bytes.Length);
        return bytes.Length;
    }

    public static int Last(byte[] bytes) => bytes[^1];

    public static byte[] EchoAfterATime(byte[] bytes, CancellationToken cancellationToken)
    {
        cancellationToken.WaitHandle.WaitOne(20);
        return bytes;
    }
}
