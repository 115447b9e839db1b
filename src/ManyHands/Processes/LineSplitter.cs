using System.Text;

namespace ManyHands.Processes;

/// <summary>Turns bytes into lines. A line that is longer than <see cref="MaxLine"/> is handed on in pieces, so no output can fill the memory.</summary>
/// <param name="line">Gets each text, and whether a line ends there.</param>
internal sealed class LineSplitter(Action<string, bool> line)
{
    public const int MaxLine = 8192;

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();
    private readonly char[] _characters = new char[8192 + 1];

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int taken = Math.Min(bytes.Length, 8192);
            int count = _decoder.GetChars(bytes[..taken], _characters, flush: false);
            bytes = bytes[taken..];
            AddCharacters(_characters.AsSpan(0, count));
        }
    }

    /// <summary>There is the beginning of a line that has not been handed on.</summary>
    public bool HasRest => _line.Length > 0;

    /// <summary>Hands on the beginning of a line that has no end yet.</summary>
    public void Flush()
    {
        if (HasRest)
            Emit(ends: false);
    }

    /// <summary>Hands on a last line without an end.</summary>
    public void End()
    {
        if (HasRest)
            Emit(ends: true);
    }

    private void AddCharacters(ReadOnlySpan<char> characters)
    {
        while (!characters.IsEmpty)
        {
            int end = characters.IndexOf('\n');
            int length = Math.Min(end < 0 ? characters.Length : end, MaxLine - _line.Length);
            _line.Append(characters[..length]);
            characters = characters[length..];
            if (length == end)
                characters = characters[1..];
            else if (characters.IsEmpty)
                return; // the line's end may come next
            Emit(ends: true);
        }
    }

    private void Emit(bool ends)
    {
        string text = _line.ToString();
        _line.Clear();
        line(ends && text.EndsWith('\r') ? text[..^1] : text, ends);
    }
}
