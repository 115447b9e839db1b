using System.Text;

namespace ManyHands.Cli.Rendering;

/// <summary>Standard output or standard error: UTF-8, each text in one write, so that lines of different programs do not mix.</summary>
internal sealed class Output(Stream stream) : IDisposable
{
    public static Output Standard() => new(Console.OpenStandardOutput());

    public static Output Error() => new(Console.OpenStandardError());

    public void Write(string text)
    {
        stream.Write(Encoding.UTF8.GetBytes(text));
        stream.Flush();
    }

    /// <summary>Text from elsewhere (file names, servers) without control characters, which could move the cursor or break a line.</summary>
    public static string Plain(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c))
        : text;

    public void Dispose() => stream.Dispose();
}
