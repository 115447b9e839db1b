using System.Globalization;
using System.Text.RegularExpressions;
using ManyHands.Conformance;

namespace ManyHands.Tests.Architecture;

/// <summary>Every fault of the failure contract is provoked by a test that carries its number, see <see cref="FaultAttribute"/>, or is excused here by name.</summary>
public sealed partial class FaultTests
{
    private const int Faults = 51;

    private static readonly Dictionary<int, string> _excused = new()
    {
        [22] = "A full disk: there is no log of jobs yet.",
    };

    [Fact]
    public void Every_fault_has_a_test_that_provokes_it_or_a_reason_why_not()
    {
        HashSet<int> tested = [.. Repository.SourcesBelow(Path.Combine(Repository.Root, "tests"))
            .SelectMany(path => Provoked(File.ReadAllText(Path.Combine(Repository.Root, "tests", path))))];
        tested.Where(fault => fault is < 1 or > Faults).ShouldBeEmpty("There is no such fault.");
        Enumerable.Range(1, Faults).Except(tested).Except(_excused.Keys).ShouldBeEmpty("Faults that nobody provokes.");
        tested.Intersect(_excused.Keys).ShouldBeEmpty("Faults that have a test now: take them off the list of those that are excused.");
    }

    [Theory]
    [InlineData("    [Fact, Fault(3)]\n    public void A() {}", "3")]
    [InlineData("    [Theory, Fault(1), Fault(12)]\n    [InlineData(1)]", "1 12")]
    [InlineData("    [Theory]\n    [Fault(15)]\n    [InlineData(1)]", "15")]
    [InlineData("    [SomeFact, Fault(7)] // with a reason", "7")]
    [InlineData("    [Fact(Skip = \"not yet\"), Fault(3)]", "")]
    [InlineData("    // [Fact, Fault(3)]", "")]
    [InlineData("    Crashing.Fault(3);", "")]
    [InlineData("    int[] x = [Fault(3)];", "")]
    public void A_label_is_found_where_it_is_one(string source, string faults) => string.Join(' ', Provoked(source)).ShouldBe(faults);

    /// <summary>The numbers on a source's tests, those that never run excepted.</summary>
    private static IEnumerable<int> Provoked(string source) => Attributes().Matches(Text().Replace(source, ""))
        .Where(line => !line.Value.Contains("Skip", StringComparison.Ordinal))
        .SelectMany(line => Label().Matches(line.Value))
        .Select(label => int.Parse(label.Groups[1].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex("\"(?:[^\"\\\\\\r\\n]|\\\\.)*\"")]
    private static partial Regex Text();

    [GeneratedRegex(@"^[ \t]*\[[^\r\n]*", RegexOptions.Multiline)]
    private static partial Regex Attributes();

    [GeneratedRegex(@"(?<=[\[ ])Fault\((\d+)\)")]
    private static partial Regex Label();
}
