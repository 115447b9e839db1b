using System.Text;

namespace ManyHands.Cli.Rendering;

/// <summary>
/// Standard output or standard error: UTF-8, each text in one write, so that lines of different programs do not mix. What cannot be written never stops
/// the work: the first error is remembered, what comes after it is dropped, and the exit code tells. May be called from any thread.
/// </summary>
internal sealed class Output
{
    private readonly Lock _writing = new();
    private readonly Action<byte[]> _write;

    /// <param name="write">Writes bytes, or throws an <see cref="IOException"/>.</param>
    public Output(Action<byte[]> write) => _write = write;

    /// <summary>The first error, or null.</summary>
    public IOException? Error { get; private set; }

    /// <param name="giveUp">Ends the wait for a reader that does not read.</param>
    public static Output Standard(CancellationToken giveUp) => Create(1, Console.OpenStandardOutput, giveUp);

    /// <param name="giveUp">Ends the wait for a reader that does not read.</param>
    public static Output StandardError(CancellationToken giveUp) => Create(2, Console.OpenStandardError, giveUp);

    /// <summary>Writes a text, unless an earlier one could not be written.</summary>
    public void Write(string text)
    {
        lock (_writing)
        {
            if (Error is not null || text.Length == 0)
                return;
            try
            {
                _write(Encoding.UTF8.GetBytes(text));
            }
            catch (IOException error)
            {
                Error = error;
            }
            catch (UnauthorizedAccessException error)
            {
                Error = new IOException(error.Message, error);
            }
        }
    }

    /// <summary>
    /// Text from elsewhere (file names, servers) without characters that could move the cursor, break a line or turn what follows around.
    /// </summary>
    public static string Plain(string text) => text.Any(IsUnruly)
        ? string.Concat(text.Select(c => IsUnruly(c) ? ' ' : c))
        : text;

    /// <summary>The same with what <c>$'…'</c>, C# and JSON understand in the place of such a character.</summary>
    public static string Escaped(string text) => text.Any(IsUnruly)
        ? string.Concat(text.Select(c => IsUnruly(c) ? $"\\u{(int)c:x4}" : $"{c}"))
        : text;

    /// <summary>
    /// Controls, line and paragraph separators, the marks, embeddings, overrides and isolates of bidirectional text, and what is not seen at all. Joiners are left:
    /// there are scripts that are not read without them.
    /// </summary>
    public static bool IsUnruly(char c) => char.IsControl(c)
        || c is '\u00AD' or '\u061C' or '\u180E' or '\u200B' or '\u200E' or '\u200F' or '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E')
            or (>= '\u2060' and <= '\u206F') or '\uFEFF' or (>= '\uFFF9' and <= '\uFFFB');

    private static Output Create(int descriptor, Func<Stream> open, CancellationToken giveUp)
    {
        if (!OutputDescriptor.IsAvailable)
        {
            Stream stream = open();
            return new Output(bytes => stream.Write(bytes));
        }

        return OutputDescriptor.WasClosed(descriptor)
            ? new Output(_ => throw OutputDescriptor.Closed())
            : new Output(bytes => OutputDescriptor.Write(descriptor, bytes, giveUp));
    }
}
