using System.Text.RegularExpressions;

namespace ManyHands.Tests.Architecture;

public sealed partial class LayerTests
{
    [Fact]
    public void Every_file_uses_only_the_layers_below_it()
    {
        var files = Repository.SourcesBelow(Repository.Library);
        files.Count.ShouldBeGreaterThan(30);
        var publicTypes = PublicTypes(files);
        publicTypes["PayloadException"].ShouldBe("Errors");

        files.SelectMany(path => Layers.Violations(path, File.ReadAllText(Path.Combine(Repository.Library, path)), publicTypes))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Payloads/A.cs", "using ManyHands.Platform;", true)]
    [InlineData("Executor.cs", "using ManyHands.Pooling;", true)]
    [InlineData("Maps/A.cs", "using ManyHands.Payloads;", false)]
    [InlineData("Errors/A.cs", "global::ManyHands.Payloads.PayloadWriter x;", false)]
    [InlineData("Pooling/A.cs", "using ManyHands.Protocol;", true)]
    [InlineData("Threads/A.cs", "using ManyHands.Pooling;", false)]
    [InlineData("Threads/A.cs", "using static ManyHands.Platform.Linux.LibC;", true)]
    [InlineData("Threads/A.cs", "var x = new ManyHands.Processes.WorkerProcess();", true)]
    [InlineData("Threads/A.cs", "var x = new ProcessExecutor();", true)]
    [InlineData("Processes/A.cs", "using ManyHands.Hosting;", true)]
    [InlineData("Hosting/A.cs", "using ManyHands.Pooling;", true)]
    [InlineData("Hosting/A.cs", "using ManyHands.Protocol;\nusing ManyHands.Transports;\nusing ManyHands.Platform;", false)]
    [InlineData("Transports/A.cs", "using ManyHands.Protocol;", true)]
    [InlineData("Diagnostics/A.cs", "using ManyHands.Pooling;", true)]
    [InlineData("Protocol/A.cs", "/// <see cref=\"ManyHands.Hosting.Lane\"/>\nvar x = \"ManyHands.Hosting.Lane\"; // ManyHands.Hosting", false)]
    [InlineData("Elsewhere/A.cs", "", true)]
    public void The_rule_finds_an_invented_violation_and_nothing_else(string path, string source, bool violates)
        => Layers.Violations(path, source, new Dictionary<string, string> { ["ProcessExecutor"] = "Processes" }).Any().ShouldBe(violates);

    private static Dictionary<string, string> PublicTypes(IEnumerable<string> files)
    {
        var folders = new Dictionary<string, string>();
        foreach (string path in files)
        {
            foreach (Match type in PublicType().Matches(File.ReadAllText(Path.Combine(Repository.Library, path))))
                folders[type.Groups[1].Value] = Layers.FolderOf(path);
        }

        return folders;
    }

    [GeneratedRegex(@"^public [a-z ]*\b(?:class|struct|interface|enum|record) (\w+)", RegexOptions.Multiline)]
    private static partial Regex PublicType();
}
