using ManyHands.Cli.Rendering;

namespace ManyHands.Cli.Tests.Rendering;

/// <summary>Text is measured as terminals show it.</summary>
public sealed class CellsTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("plain", 5)]
    [InlineData("日本語", 6)]
    [InlineData("한국", 4)]
    [InlineData("ﾊﾝ", 2)]
    [InlineData("ü", 1)]
    [InlineData("u\u0308", 1)]
    [InlineData("नि", 2)]
    [InlineData("👍", 2)]
    [InlineData("a\u200Bb", 2)]
    [InlineData("ｆｕｌｌ", 8)]
    [InlineData("…×±█─", 5)]
    public void Wide_characters_take_two_cells_and_marks_none(string text, int width) => Cells.Width(text).ShouldBe(width);

    [Theory]
    [InlineData("repository", 10, "repository", "repository")]
    [InlineData("repository", 5, "repo…", "…tory")]
    [InlineData("日本語", 5, "日本…", "…本語")]
    [InlineData("日本語", 4, "日…", "…語")]
    [InlineData("e\u0301e\u0301e\u0301", 2, "e\u0301…", "…e\u0301")]
    [InlineData("👍👍", 3, "👍…", "…👍")]
    [InlineData("ab", 1, "…", "…")]
    [InlineData("ab", 0, "", "")]
    public void Text_is_cut_between_characters_and_never_too_wide(string text, int most, string beginning, string end)
    {
        Cells.Cut(text, most).ShouldBe(beginning);
        Cells.CutStart(text, most).ShouldBe(end);
    }

    [Fact]
    public void Padding_counts_cells()
    {
        Cells.Pad("日本", 6).ShouldBe("日本  ");
        Cells.PadLeft("u\u0308", 3).ShouldBe("  u\u0308");
    }

    [Fact]
    public void Sentences_are_broken_between_words() =>
        Cells.Wrap("one two 日本語 four-is-long", 10).ShouldBe(["one two", "日本語", "four-is-long"]);

    [Theory]
    [InlineData("a\tb\nc", "a b c")]
    [InlineData("\e[31mred", " [31mred")]
    [InlineData("a\u202Etxt.exe", "a txt.exe")]
    [InlineData("a\u2066b\u2069", "a b ")]
    [InlineData("क्\u200Dष", "क्\u200Dष")]
    public void Text_from_elsewhere_cannot_rule_the_terminal(string text, string plain) => Output.Plain(text).ShouldBe(plain);
}
