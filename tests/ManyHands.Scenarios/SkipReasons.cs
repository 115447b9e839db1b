namespace ManyHands.Scenarios;

/// <summary>Reasons for skips, numbered as they come, so that the table has room for them.</summary>
internal sealed class SkipReasons
{
    private readonly List<string> _reasons = [];

    public int Number(string reason)
    {
        int at = _reasons.IndexOf(reason);
        if (at < 0)
            _reasons.Add(reason);
        return at < 0 ? _reasons.Count : at + 1;
    }

    public void Print(TextWriter output)
    {
        for (int i = 0; i < _reasons.Count; i++)
            output.WriteLine($"skip {i + 1,-2} {_reasons[i]}");
        output.WriteLine();
    }
}

/// <summary>Texts that have to fit into a column.</summary>
internal static class Text
{
    public static string Cut(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";
}
