using System.Text;
using ManyHands.Processes;

namespace ManyHands.Tests.Processes;

public sealed class LineSplitterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(1000)]
    public void Lines_come_whole_however_the_bytes_arrive(int piece) =>
        Split("erste Zeile äöü\nzweite 🏹\r\n\nlast without end", piece).ShouldBe(["erste Zeile äöü", "zweite 🏹", "", "last without end"]);

    [Fact]
    public void A_line_without_end_is_handed_on_in_pieces()
    {
        string text = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"{i:D5}"));
        List<string> pieces = Split(text, 1000);
        string.Concat(pieces).ShouldBe(text);
        pieces.Count.ShouldBeGreaterThanOrEqualTo(text.Length / LineSplitter.MaxLine);
        pieces.ShouldAllBe(each => each.Length <= LineSplitter.MaxLine);
    }

    [Fact]
    public void The_beginning_of_a_line_can_be_had_before_its_end()
    {
        var pieces = new List<string>();
        var splitter = new LineSplitter((text, ends) => pieces.Add(ends ? text + "|" : text));
        splitter.Flush();
        splitter.Add("one\ntw"u8);
        splitter.HasRest.ShouldBeTrue();
        splitter.Flush();
        splitter.HasRest.ShouldBeFalse();
        splitter.Flush();
        splitter.Add("o\nthree"u8);
        splitter.Flush();
        splitter.Add("\n"u8);
        splitter.End();
        pieces.ShouldBe(["one|", "tw", "o|", "three", "|"]);
    }

    [Fact]
    public void A_line_of_just_the_longest_length_is_one_line()
    {
        string longest = new('x', LineSplitter.MaxLine);
        Split($"{longest}\nnext\n", 4096).ShouldBe([longest, "next"]);
    }

    [Fact]
    public void Bytes_that_are_no_text_do_no_harm()
    {
        var lines = new List<string>();
        var splitter = new LineSplitter((line, _) => lines.Add(line));
        byte[] bytes = new byte[100_000];
        new Random(5).NextBytes(bytes);
        splitter.Add(bytes);
        splitter.Add([0xF0, 0x9F]);
        splitter.Add(Enumerable.Repeat((byte)0x80, 20_000).ToArray());
        splitter.End();
        lines.ShouldAllBe(line => line.Length <= LineSplitter.MaxLine);
    }

    private static List<string> Split(string text, int piece)
    {
        var lines = new List<string>();
        var splitter = new LineSplitter((line, _) => lines.Add(line));
        foreach (byte[] bytes in Encoding.UTF8.GetBytes(text).Chunk(piece))
            splitter.Add(bytes);
        splitter.End();
        splitter.End();
        return lines;
    }
}
