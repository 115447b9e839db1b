using Microsoft.Win32.SafeHandles;

namespace ManyHands.FileParts;

/// <summary>Where lines end in a file of bytes.</summary>
internal static class LineEnds
{
    private const int BufferSize = 16 * 1024;

    /// <summary>The position behind the first line end at or after <paramref name="position"/> − 1; the file's length where there is none.</summary>
    public static long Behind(SafeFileHandle file, long position, long length)
    {
        byte[] buffer = new byte[BufferSize];
        for (long at = position - 1; at < length;)
        {
            int read = RandomAccess.Read(file, buffer, at);
            if (read == 0)
                return length; // it has become shorter meanwhile: whoever reads the part will say so
            int end = buffer.AsSpan(0, read).IndexOf((byte)'\n');
            if (end >= 0)
                return at + end + 1;
            at += read;
        }

        return length;
    }

    /// <exception cref="InvalidDataException">A byte 10 may be a part of another character.</exception>
    public static void RefuseWideEncodings(SafeFileHandle file, string path)
    {
        Span<byte> head = stackalloc byte[4];
        head = head[..RandomAccess.Read(file, head, 0)];
        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || head.SequenceEqual((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
            throw new InvalidDataException($"'{path}' is UTF-16 or UTF-32, which cannot be split at line ends. Convert it to UTF-8 first: iconv -f UTF-16 -t UTF-8.");
    }
}
