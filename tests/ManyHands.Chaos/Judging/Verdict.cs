namespace ManyHands.Chaos.Judging;

/// <summary>What was promised and what was found, line by line.</summary>
internal sealed class Verdict
{
    private const int MostDetails = 10;

    private readonly List<(string Promise, string Found, bool Kept)> _lines = [];
    private readonly List<string> _said = [];
    private readonly List<string> _details = [];

    public bool IsKept => _lines.TrueForAll(line => line.Kept);

    /// <summary>A line for the reader that judges nothing.</summary>
    public void Say(string line) => _said.Add(line);

    /// <summary>A promise that says that something does not happen.</summary>
    public void None(string promise, int found, IEnumerable<string>? details = null) => Judge(promise, $"{found:n0}", found == 0, details);

    public void Judge(string promise, string found, bool kept, IEnumerable<string>? details = null)
    {
        _lines.Add((promise, found, kept));
        if (!kept)
            _details.AddRange((details ?? []).Take(MostDetails));
    }

    public void Print()
    {
        _said.ForEach(Console.WriteLine);
        foreach (var (promise, found, kept) in _lines)
            Console.WriteLine($"  {(kept ? "ok    " : "BROKEN")}  {promise,-58} {found}");
        foreach (string detail in _details)
            Console.WriteLine($"  {detail}");
    }
}
