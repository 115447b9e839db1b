namespace ManyHands.Scenarios;

/// <summary>What there is to repeat or to provoke, in groups. One line each; what stands after " : " says why there is no test.</summary>
internal sealed record Catalogue(IReadOnlyList<Catalogue.Group> Groups)
{
    /// <summary>Reads a list that lies beside the program: a line without indent begins a group.</summary>
    public static Catalogue Read(string name)
    {
        var groups = new List<Group>();
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, name)))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (line[0] != ' ')
            {
                groups.Add(new Group(line, []));
                continue;
            }

            string[] parts = line.Trim().Split(" : ", 2);
            groups[^1].Entries.Add(new Entry(parts[0], parts.Length == 2 ? parts[1] : null));
        }

        return new Catalogue(groups);
    }

    /// <summary>Entries about one subject.</summary>
    internal sealed record Group(string Title, List<Entry> Entries);

    /// <summary>One scenario or fault.</summary>
    internal sealed record Entry(string Name, string? WhyNone);
}
