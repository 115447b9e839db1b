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

    [Theory]
    [InlineData("fatal: could not read Username for 'https://x': terminal prompts disabled", "Auth")]
    [InlineData("git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.", "Auth")]
    [InlineData("Host key verification failed.\nfatal: Could not read from remote repository.", "Auth")]
    [InlineData("fatal: unable to access 'https://x/': The requested URL returned error: 403", "Auth")]
    [InlineData("ssh: Could not resolve hostname x: Name or service not known", "Unreachable")]
    [InlineData("fatal: unable to access 'https://x/': Could not resolve host: x", "Unreachable")]
    [InlineData("fatal: '/x' does not appear to be a git repository", "Unreachable")]
    [InlineData("error: cannot lock ref 'refs/remotes/origin/main': is at 1 but expected 2", "Locked")]
    [InlineData("fatal: Unable to create '/x/.git/index.lock': File exists.", "Locked")]
    [InlineData("fatal: something new", "Failed")]
    [InlineData("", "Failed")]
    public void An_error_output_tells_the_state(string error, string state) =>
        FetchFailure.Classify(error).State.ShouldBe(Enum.Parse<PullState>(state));

    [Fact]
    public void A_status_tells_where_a_branch_stands()
    {
        var tree = WorkingTree.Parse("# branch.oid 0123\n# branch.head a b\n# branch.upstream origin/main\n# branch.ab +2 -3\n");

        tree.ShouldBe(new WorkingTree("0123", "a", HasUpstream: true, UpstreamExists: true, Ahead: 2, Behind: 3, IsDirty: false));
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
    public void A_plain_config_is_read()
    {
        var config = Read("""
            [core]
            	bare = false
            [remote "origin"]
            	url = git://host/a.git
            	fetch = +refs/heads/*:refs/remotes/origin/*
            [branch "topic/x.y"]
            	remote = origin
            	merge = refs/heads/topic
            """);

        config.IsPlain.ShouldBeTrue();
        config.DefaultRemote.ShouldBe("origin");
        config.UrlOf("origin").ShouldBe("git://host/a.git");
        config.RemoteOf("topic/x.y").ShouldBe("origin");
        config.MergeOf("topic/x.y").ShouldBe("refs/heads/topic");
        config.RemoteOf("other").ShouldBeNull();
    }

    [Theory]
    [InlineData("[include]\n\tpath = other\n")]
    [InlineData("[includeIf \"gitdir:~/work/\"]\n\tpath = other\n")]
    [InlineData("[remote \"origin\"]\n\turl = \"a b\"\n")]
    [InlineData("[remote \"origin\"]\n\turl = a # comment\n")]
    [InlineData("[remote \"origin\"]\n\turl = a\n\turl = b\n")]
    [InlineData("[core] bare = false\n")]
    public void What_only_git_can_read_is_left_to_git(string text) => Read(text).IsPlain.ShouldBeFalse();

    private static GitConfigFile Read(string text)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            return GitConfigFile.Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
