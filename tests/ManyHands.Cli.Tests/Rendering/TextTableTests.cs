using ManyHands.Cli.Rendering;

namespace ManyHands.Cli.Tests.Rendering;

/// <summary>Tables fit into their window: columns go, names are cut, text is wrapped, and numbers stay whole.</summary>
public sealed class TextTableTests
{
    private static readonly string _longName = string.Join(' ', Enumerable.Repeat("processes", 9));

    [Fact]
    public void Whatever_the_width_no_line_is_longer_and_no_number_is_broken()
    {
        // Below 40 the numbers alone are wider.
        for (int width = 40; width < 160; width++)
        {
            string[] lines = Lines(Figures(), width);

            lines.Max(Cells.Width).ShouldBeLessThanOrEqualTo(width);
            lines.Length.ShouldBe(2 + 3, "one line for each row");
            lines[2].ShouldContain("1,328.1 ms");
            lines[3].ShouldContain("12.5 ms");
            lines[4].ShouldContain("wrong: 99,999");
        }
    }

    [Fact]
    public void Below_a_hundred_columns_those_that_matter_least_are_left_out_first()
    {
        Headings(120).ShouldBe("workers # time spread speed-up CPU switches");
        string[] narrower = [.. Enumerable.Range(40, 80).Reverse().Select(Headings).Distinct()];
        narrower.ShouldBe(
        [
            "workers # time spread speed-up CPU switches", "workers # time spread speed-up CPU", "workers # time spread speed-up", "workers # time speed-up",
        ]);

        static string Headings(int width) => string.Join(' ', Lines(Figures(), width)[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void A_long_name_takes_a_third_of_the_window_at_most()
    {
        string line = Lines(Figures(), 90)[4];

        line.ShouldContain("…");
        Cells.Width(line[..(line.IndexOf('…', StringComparison.Ordinal) + 1)].Trim()).ShouldBeLessThanOrEqualTo(30);
    }

    [Fact]
    public void In_a_pipe_nothing_is_cut()
    {
        string[] lines = Lines(Figures(), null);

        lines[4].ShouldContain(_longName);
        lines[0].ShouldContain("switches");
    }

    [Fact]
    public void Wide_characters_do_not_shift_a_column()
    {
        var table = new TextTable(new TableColumn("name"), new TableColumn("time") { IsNumber = true });
        table.Add(new TableCell("日本"), new TableCell("1 ms"));
        table.Add(new TableCell("e\u0301"), new TableCell("20 ms"));

        string[] lines = Lines(table, 40);

        lines.Skip(2).Select(Cells.Width).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void Text_goes_on_below_itself()
    {
        var table = new TextTable(new TableColumn("name"), new TableColumn("what") { Wraps = true });
        table.Add(new TableCell("one"), new TableCell("a sentence that is much too long for one line of this table"));

        Lines(table, 40).ShouldBe(
        [
            " name  what", " " + new string('─', 38), " one   a sentence that is much too long", "       for one line of this table",
        ]);
    }

    [Fact]
    public void Colours_are_for_terminals_that_know_them()
    {
        var table = new TextTable(new TableColumn("name"));
        table.Add(new TableCell("warm", "31"));

        table.Draw(Screen.Sized(80, 24, noColour: null)).ShouldContain("\e[31mwarm\e[0m");
        table.Draw(Screen.Sized(80, 24, noColour: "1")).ShouldNotContain("\e");
        table.Draw(Screen.Sized(80, 24, "dumb", noColour: null)).ShouldNotContain("\e");
        table.Draw(Screen.Pipe()).ShouldNotContain("\e");
    }

    private static TextTable Figures()
    {
        var table = new TextTable(
            new TableColumn("workers"), Number("#"), Number("time"), Number("spread", 1), Number("speed-up"), Number("CPU", 2), Number("switches", 3));
        table.Add(Row("serial", "1", "1,328.1 ms", "±1 %", "1.00×", "1,328.1 ms", "12"));
        table.Add(Row("threads", "16", "12.5 ms", "±12 %", "1.93×", "25.0 ms", "123456"));
        table.Add(Row(_longName, "2", "12.5 ms", "±3 %", "wrong: 99,999", "25.0 ms", "7"));
        return table;

        static TableColumn Number(string heading, int rank = 0) => new(heading) { IsNumber = true, Rank = rank };

        static TableCell[] Row(params string[] texts) => [.. texts.Select(text => new TableCell(text))];
    }

    private static string[] Lines(TextTable table, int? width) =>
        table.Draw(width is { } columns ? Screen.Sized(columns, 24) : Screen.Pipe()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
