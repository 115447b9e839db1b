using ManyHands.Cli.Git;

namespace ManyHands.Cli.Tests.Git;

/// <summary>What Git writes for others, and what is read from it.</summary>
public sealed class GitTextTests
{
    [Theory]
    [InlineData("git@example.org:a/b.git", "Ssh", "example.org")]
    [InlineData("ssh://git@Example.org:2222/a", "Ssh", "example.org:2222")]
    [InlineData("https://user:secret@example.org/a", "Http", "example.org")]
    [InlineData("git://127.0.0.1:9418/a", "Git", "127.0.0.1:9418")]
    [InlineData("file:///srv/a.git", "Local", "")]
    [InlineData("/srv/with:colon.git", "Local", "")]
    [InlineData("../a.git", "Local", "")]
    [InlineData(@"C:\a.git", "Local", "")]
    [InlineData(null, "Local", "")]
    public void An_address_tells_transport_and_host(string? url, string transport, string host) =>
        RemoteAddress.Parse(url).ShouldBe(new RemoteAddress(Enum.Parse<Transport>(transport), host));

    [Fact]
    public void A_status_tells_where_a_branch_stands()
    {
        var tree = WorkingTree.Parse("# branch.oid 0123\n# branch.head a\n# branch.upstream origin/main\n");

        tree.ShouldBe(new WorkingTree("0123", "a", IsDirty: false));
    }

    [Theory]
    [InlineData("1 .M N... 100644 100644 100644 a b file", true)]
    [InlineData("1 A. N... 000000 100644 100644 a b file", true)]
    [InlineData("u UU N... 100644 100644 100644 100644 a b c file", true)]
    [InlineData("1 .M SC.. 160000 160000 160000 a b part", false)]
    [InlineData("1 M. SC.. 160000 160000 160000 a b part", true)]
    public void A_change_makes_dirty_but_a_submodule_on_another_commit_does_not(string line, bool isDirty) =>
        WorkingTree.Parse($"# branch.oid 0123\n{line}\n").IsDirty.ShouldBe(isDirty);

    [Fact]
    public void Settings_are_read_as_git_lists_them()
    {
        var settings = Settings(
            "core.sshcommand\nssh -i one", "core.sshcommand\nssh -i two", "remote.pushdefault\nfork", "remote.origin.url\ngit://host/a.git",
            "remote.origin.fetch\n+refs/heads/*:refs/remotes/origin/*", "remote.a.b.url\n/srv/a", "branch.topic/x.y.remote\norigin",
            "branch.topic/x.y.merge\nrefs/heads/topic", "branch.topic/x.y.merge\nrefs/heads/other", "core.bare");

        settings.SshCommand.ShouldBe("ssh -i two");
        settings.Remotes.ShouldBe(["origin", "a.b"]);
        settings.DefaultRemote.ShouldBe("origin");
        settings.HasFetchRules("origin").ShouldBeTrue();
        settings.HasFetchRules("a.b").ShouldBeFalse();
        settings.RemoteOf("topic/x.y").ShouldBe("origin");
        settings.MergesOf("topic/x.y").ShouldBe(["refs/heads/topic", "refs/heads/other"]);
        settings.RemoteOf("other").ShouldBeNull();
        settings.HasFileReferences.ShouldBeTrue();
    }

    [Theory]
    [InlineData("origin", "short.example")]
    [InlineData("https://example.org/b", "long.example")]
    [InlineData("git://elsewhere/c", "elsewhere")]
    public void A_remote_is_located_by_the_longest_prefix_that_is_replaced(string remote, string host) => Settings(
        "remote.origin.url\nhttps://example.com/a", "url.ssh://short.example/.insteadof\nhttps://", "url.ssh://long.example/.insteadof\nhttps://example.org/")
        .Locate(remote).Host.ShouldBe(host);

    [Fact]
    public void References_that_are_no_files_are_not_read_from_files()
    {
        var folder = Directory.CreateTempSubdirectory("hands-test-");
        try
        {
            // What stands there for programs that do not know the format.
            File.WriteAllText(Path.Combine(folder.FullName, "HEAD"), "ref: refs/heads/.invalid\n");
            var files = new Repository("r", folder.FullName, RepositoryKind.Clone, folder.FullName, folder.FullName);
            var tables = files with { Settings = Settings("extensions.refstorage\nreftable") };

            RepositoryFiles.Branch(files).ShouldBe(".invalid");
            RepositoryFiles.Branch(tables).ShouldBeNull();
            RepositoryFiles.Commit(tables, "main").ShouldBeNull();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static GitSettings Settings(params string[] entries) => GitSettings.Parse(string.Concat(entries.Select(entry => entry + "\0")));
}
