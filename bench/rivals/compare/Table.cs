using System.Globalization;

namespace ManyHands.Rivals.Compare;

/// <summary>The rows with their figures, for a terminal or as Markdown.</summary>
internal sealed class Table(Results results)
{
    private static readonly string[] _heads = ["What", "ManyHands", "Beside it", "Its figure", "Ratio", "Goal", ""];

    /// <summary>Goals that were missed, and those that could not be judged.</summary>
    public int Missed { get; private set; }

    public int Met { get; private set; }

    public int Unknown { get; private set; }

    public IEnumerable<string> Lines(IEnumerable<Row> rows, bool markdown)
    {
        var cells = rows.SelectMany(row => row.Beside.Select((beside, index) => Cells(row, beside, index == 0))).ToList();
        int[] widths = [.. _heads.Select((head, column) => cells.Select(line => line[column].Length).Append(head.Length).Max())];
        string Line(string[] line) => markdown
            ? $"| {string.Join(" | ", line)} |"
            : string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
        yield return Line(_heads);
        yield return markdown ? $"|{string.Concat(_heads.Select(_ => "---|"))}" : new string('-', widths.Sum() + (2 * widths.Length) - 2);
        foreach (string[] line in cells)
            yield return Line(line);
    }

    private string[] Cells(Row row, Beside beside, bool isFirst)
    {
        Series? ours = results.Find(Contestants.Ours, row.Topic, row.Metric);
        string what = isFirst ? row.What : "", figure = isFirst ? Figure(ours, row.Unit) : "";
        if (beside.Who is null)
            return [what, figure, "", "", "", GoalText(beside.Goal, row.Unit), Verdict(ours?.Median, beside.Goal, WhyNot(row, Contestants.Ours))];
        Series? theirs = results.Find(beside.Who, row.Topic, beside.Metric ?? row.Metric);
        Series? ratio = results.Ratio(row, beside);
        string who = ReferenceEquals(beside.Who, Contestants.Ours) ? $"itself, {beside.Note}" : beside.Note is null ? beside.Who : $"{beside.Who}, {beside.Note}";
        string why = WhyNot(row, ours is null ? Contestants.Ours : beside.Who);
        return [what, figure, who, Figure(theirs, row.Unit), Figure(ratio, "×"), GoalText(beside.Goal, "×"), Verdict(ratio?.Median, beside.Goal, why)];
    }

    private string WhyNot(Row row, string who) => results.WhyNot(who, row.Topic) is { } reason ? $"not measured: {reason}" : "not measured";

    private string Verdict(double? value, Goal? goal, string why)
    {
        if (value is null)
            Unknown += goal is null or { IsAim: true } ? 0 : 1;
        if (value is not { } number)
            return why;
        if (goal is null or { IsAim: true })
            return "";
        bool met = goal.IsMet(number);
        Met += met ? 1 : 0;
        Missed += met ? 0 : 1;
        return met ? "met" : "missed";
    }

    private static string GoalText(Goal? goal, string unit) =>
        goal is null ? "" : $"{(goal.IsAim ? "towards" : goal.IsLeast ? "≥" : "≤")} {Number(goal.Limit)} {unit}".Replace(" /s", "/s", StringComparison.Ordinal);

    private static string Figure(Series? series, string unit) => series is null
        ? "–"
        : $"{Number(series.Median)} {unit}{Spread(series)}".Replace(" /s", "/s", StringComparison.Ordinal);

    private static string Spread(Series series) => series.Least < series.Greatest ? $" ({Number(series.Least)}–{Number(series.Greatest)})" : "";

    private static string Number(double value) => value switch
    {
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{value / 1_000_000:0.0#} M"),
        >= 100 => string.Create(CultureInfo.InvariantCulture, $"{value:n0}"),
        >= 10 => string.Create(CultureInfo.InvariantCulture, $"{value:0.#}"),
        >= 0.1 => string.Create(CultureInfo.InvariantCulture, $"{value:0.0#}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0.0##}"),
    };
}
