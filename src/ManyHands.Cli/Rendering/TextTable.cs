using System.Text;

namespace ManyHands.Cli.Rendering;

/// <summary>A column of a table.</summary>
/// <param name="Heading">What stands above it.</param>
internal sealed record TableColumn(string Heading)
{
    /// <summary>Whether it holds numbers: they stand at its right edge, and are never cut or broken.</summary>
    public bool IsNumber { get; init; }

    /// <summary>Where the table is too wide, columns of the highest rank are left out first; those of rank 0 stay.</summary>
    public int Rank { get; init; }

    /// <summary>Whether its text may go on in the next line. Other text is cut.</summary>
    public bool Wraps { get; init; }
}

/// <summary>A text in a table.</summary>
/// <param name="Text">The text; it must be plain.</param>
/// <param name="Colour">How a terminal colours it (parameters of SGR), or "".</param>
internal readonly record struct TableCell(string Text, string Colour = "");

/// <summary>A table that fits into its screen: columns are left out, names cut, and text wrapped, but numbers stay whole.</summary>
internal sealed class TextTable(params IReadOnlyList<TableColumn> columns)
{
    private const int Gap = 2;
    private const int LeastText = 8;
    private const int LeastWrapped = 24; // narrower, a sentence becomes a column of words
    private readonly List<TableCell[]> _rows = [];

    public void Add(params TableCell[] cells) => _rows.Add(cells);

    /// <summary>The lines, each with its end.</summary>
    public string Draw(Screen screen)
    {
        int[] natural = [.. columns.Select((column, i) => Math.Max(Cells.Width(column.Heading), _rows.Select(row => Cells.Width(row[i].Text)).DefaultIfEmpty().Max()))];
        List<int> shown = Shown(natural, screen.Columns);
        int[] widths = Widths(natural, shown, screen.Columns);

        var text = new StringBuilder();
        Append(text, [.. shown.Select((column, i) => Cell(column, columns[column].Heading, widths[i]))], Enumerable.Repeat("", shown.Count), screen);
        text.Append(' ').Append('─', widths.Sum() + (Gap * (shown.Count - 1))).Append('\n');
        foreach (TableCell[] row in _rows)
        {
            string[][] cells =
            [
                .. shown.Select((column, i) => columns[column].Wraps
                    ? [.. Cells.Wrap(row[column].Text, widths[i]).Select(line => Cells.Pad(line, widths[i]))]
                    : (string[])[Cell(column, row[column].Text, widths[i])]),
            ];
            for (int line = 0; line < cells.Max(cell => cell.Length); line++)
            {
                int at = line;
                Append(
                    text, [.. cells.Select((cell, i) => at < cell.Length ? cell[at] : new string(' ', widths[i]))], shown.Select(column => row[column].Colour), screen);
            }
        }

        return text.ToString();
    }

    private string Cell(int column, string text, int width) =>
        columns[column].IsNumber ? Cells.PadLeft(text, width) : Cells.Pad(Cells.Cut(text, width), width);

    private static void Append(StringBuilder text, IReadOnlyList<string> cells, IEnumerable<string> colours, Screen screen)
    {
        // Spaces at the end of a line are of no use to anybody, and would wrap in a window that has become narrower.
        string[] coloured = [.. cells.Zip(colours, (cell, colour) => colour.Length > 0 && screen.HasColour && cell.Trim().Length > 0 ? $"\e[{colour}m{cell}\e[0m" : cell)];
        text.Append(' ').Append(string.Join(new string(' ', Gap), coloured).TrimEnd()).Append('\n');
    }

    private List<int> Shown(int[] natural, int width)
    {
        List<int> shown = [.. Enumerable.Range(0, columns.Count)];
        while (Least(shown) > width && shown.MaxBy(column => columns[column].Rank) is var last && columns[last].Rank > 0)
            shown.Remove(last);
        return shown;

        int Least(List<int> candidates) => candidates.Sum(column => columns[column] switch
        {
            { IsNumber: true } => natural[column],
            { Wraps: true } => Math.Min(natural[column], LeastWrapped),
            _ => Math.Min(natural[column], Math.Max(LeastText, width / 3)), // one long name must not widen all rows
        }) + (Gap * candidates.Count);
    }

    private int[] Widths(int[] natural, List<int> shown, int width)
    {
        int left = width - (Gap * shown.Count);
        int[] widths = [.. shown.Select(column => natural[column])];
        for (int i = 0; i < widths.Length; i++)
        {
            if (columns[shown[i]] is { IsNumber: false, Wraps: false })
                widths[i] = Math.Min(widths[i], Math.Max(LeastText, width / 3));
        }

        // Text that wraps shares what the others leave; the widest gives first.
        while (widths.Sum() > left)
        {
            int widest = Enumerable.Range(0, widths.Length).Where(i => !columns[shown[i]].IsNumber).MaxBy(i => (columns[shown[i]].Wraps, widths[i]));
            if (columns[shown[widest]].IsNumber || widths[widest] <= LeastText)
                break;
            widths[widest]--;
        }

        return widths;
    }
}
