namespace ManyHands.Rivals.Compare;

/// <summary>A Markdown file with a part that is replaced by the table.</summary>
internal sealed class MarkedFile
{
    private const string Begin = "<!-- measured: begin -->\n";
    private const string End = "<!-- measured: end -->";

    private readonly string _path;

    /// <summary>Checks now what would otherwise fail after minutes of measuring.</summary>
    /// <exception cref="FormatException">The table cannot be put into the file; the message says why.</exception>
    public MarkedFile(string path)
    {
        _path = path;
        try
        {
            Parts();
            File.Open(path, FileMode.Open, FileAccess.Write).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"The table cannot be put into '{path}': {error.Message}");
        }
    }

    /// <summary>Replaces the marked part.</summary>
    public void Replace(string text)
    {
        (string head, string tail) = Parts();
        File.WriteAllText(_path, $"{head}{Begin}{text}\n{End}{tail}");
    }

    private (string Head, string Tail) Parts() =>
        File.ReadAllText(_path).Split(Begin) is [var before, var after] && after.Split(End) is [_, var behind]
            ? (before, behind)
            : throw new FormatException($"'{_path}' must have one part between '{Begin.Trim()}' and '{End}', which is replaced by the table.");
}
