namespace ManyHands.Conformance.Work;

/// <summary>Work that prints what and as much as it should not.</summary>
public static class Printing
{
    public static void Line((string Text, bool Error) line) => (line.Error ? Console.Error : Console.Out).WriteLine(line.Text);

    public static void Begin(string text) => Console.Write(text);

    public static void LineAndThrow(string text)
    {
        Console.WriteLine(text);
        throw new InvalidOperationException(text);
    }

    /// <summary>Prints bytes as they are.</summary>
    public static int Raw((byte[] Bytes, bool Error) output)
    {
        using Stream stream = Open(output.Error);
        stream.Write(output.Bytes);
        return output.Bytes.Length;
    }

    /// <summary>Prints that many bytes in lines of a hundred, or in one line without an end.</summary>
    public static long Flood((long Bytes, bool Error, bool Lines) flood)
    {
        byte[] block = new byte[100_000];
        Array.Fill(block, (byte)'x');
        for (int i = 99; i < block.Length && flood.Lines; i += 100)
            block[i] = (byte)'\n';
        using Stream stream = Open(flood.Error);
        long written = 0;
        for (; written < flood.Bytes; written += block.Length)
            stream.Write(block);
        return written;
    }

    public static void FloodThenExit((long Bytes, bool Error, bool Lines) flood)
    {
        _ = Flood(flood);
        Crashing.ExitNow(5);
    }

    private static Stream Open(bool error) => error ? Console.OpenStandardError() : Console.OpenStandardOutput();
}
