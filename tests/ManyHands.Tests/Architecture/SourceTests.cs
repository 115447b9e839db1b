using System.Text.RegularExpressions;

namespace ManyHands.Tests.Architecture;

public sealed partial class SourceTests
{
    private const int MaxLines = 400;

    private static readonly string[] _folders = ["src", "tests", "bench", "samples"];

    private static readonly IReadOnlyList<string> _files = [.. _folders
        .Where(folder => Directory.Exists(Path.Combine(Repository.Root, folder)))
        .SelectMany(folder => Repository.SourcesBelow(Path.Combine(Repository.Root, folder)).Select(path => $"{folder}/{path}"))];

    [Fact]
    public void No_file_is_too_long()
    {
        _files.Count.ShouldBeGreaterThan(40);
        _files.Where(path => IsTooLong(File.ReadLines(Path.Combine(Repository.Root, path)).Count())).ShouldBeEmpty();
        IsTooLong(401).ShouldBeTrue();
        IsTooLong(400).ShouldBeFalse();
    }

    [Fact]
    public void No_file_or_folder_has_a_name_that_says_nothing()
        => _files.Where(SaysNothing).ShouldBeEmpty();

    [Theory]
    [InlineData("src/ManyHands/Helpers/Text.cs", true)]
    [InlineData("src/ManyHands/Payloads/JsonHelper.cs", true)]
    [InlineData("src/ManyHands/Payloads/PathUtils.cs", true)]
    [InlineData("src/ManyHands/Common.cs", true)]
    [InlineData("src/ManyHands/Pooling/WorkerManager.cs", true)]
    [InlineData("src/ManyHands/ExecutorBase.cs", true)]
    [InlineData("src/ManyHands/Misc/X.cs", true)]
    [InlineData("src/ManyHands/Payloads/Base64Text.cs", false)]
    [InlineData("src/ManyHands/Executor.Map.cs", false)]
    public void The_rule_for_names_can_fail(string path, bool saysNothing) => SaysNothing(path).ShouldBe(saysNothing);

    [Fact]
    public void Only_one_file_asks_for_the_operating_system()
    {
        var asking = Repository.SourcesBelow(Repository.Library)
            .Where(path => AsksForTheSystem(File.ReadAllText(Path.Combine(Repository.Library, path))));
        asking.ShouldBe(["Platform/CurrentPlatform.cs"]);
        AsksForTheSystem("if (Environment.OSVersion.Platform == x)").ShouldBeTrue();
        AsksForTheSystem("if (CurrentPlatform.IsLinux)").ShouldBeFalse();
    }

    private static bool IsTooLong(int lines) => lines > MaxLines;

    private static bool SaysNothing(string path) => EmptyName().IsMatch(path);

    private static bool AsksForTheSystem(string source) => AskingForTheSystem().IsMatch(source);

    [GeneratedRegex(@"(^|/|[a-z.])(Helpers?|Utils?|Utility|Utilities|Common|Misc|Managers?|Base)(\.cs$|\.|/)")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"OperatingSystem\.Is|IsOSPlatform|Environment\.OSVersion|RuntimeInformation\.OSDescription|RuntimeInformation\.RuntimeIdentifier")]
    private static partial Regex AskingForTheSystem();
}
