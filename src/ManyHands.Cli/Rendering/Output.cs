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

    private Output(string name, Action<byte[]> write) => (Name, _write) = (name, write);

    /// <summary>What people call it.</summary>
    public string Name { get; }

    /// <summary>The first error, or null.</summary>
    public IOException? Error { get; private set; }

    /// <param name="giveUp">Ends the wait for a reader that does not read.</param>
    public static Output Standard(CancellationToken giveUp) => Create("standard output", 1, Console.OpenStandardOutput, giveUp);

    /// <param name="giveUp">Ends the wait for a reader that does not read.</param>
    public static Output StandardError(CancellationToken giveUp) => Create("standard error", 2, Console.OpenStandardError, giveUp);

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

    /// <summary>Text from elsewhere (file names, servers) without control characters, which could move the cursor or break a line.</summary>
    public static string Plain(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c))
        : text;

    private static Output Create(string name, int descriptor, Func<Stream> open, CancellationToken giveUp)
    {
        if (!OutputDescriptor.IsAvailable)
        {
            Stream stream = open();
            return new Output(name, bytes => stream.Write(bytes));
        }

        return OutputDescriptor.WasClosed(descriptor)
            ? new Output(name, _ => throw OutputDescriptor.Closed())
            : new Output(name, bytes => OutputDescriptor.Write(descriptor, bytes, giveUp));
    }
}
