namespace ManyHands.Cli.Tests.Pulling;

/// <summary>Bare repositories with working trees beside or inside them, and without.</summary>
[Collection(WithGitServer.Name)]
public sealed class PullLayoutTests(GitServer server) : IDisposable
{
    private readonly Clones _clones = new(server);

    public void Dispose() => _clones.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task A_working_tree_whose_entry_cannot_be_read_costs_nobody_his_pull()
    {
        _clones.Remote("r");
        _clones.Create("other");
        _clones.Git(_clones.Folder, "clone", "-q", "--bare", _clones.Url("r"), "r.git");
        _clones.Git(_clones.At("r.git"), "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
        _clones.Git(_clones.At("r.git"), "worktree", "add", "-q", _clones.At("r.git/tree"), "main");
        Directory.CreateDirectory(_clones.At("r.git/worktrees/bro\nken/gitdir"));
        Directory.CreateDirectory(_clones.At("r.git/worktrees/empty"));
        _clones.Publish("other");

        var result = await _clones.Pull();

        result.StateOf("r.git").ShouldBe("bare(fetched)");
        result.StateOf("other").ShouldBe("updated");
    }

    [Theory(Timeout = 30_000)]
    [InlineData("project/.bare", "project")]
    [InlineData("project/.git", "project")]
    [InlineData("project.git", "project.git")]
    public async Task Working_trees_of_a_bare_repository_are_pulled_with_it_by_one_fetch(string bare, string folder)
    {
        _clones.Remote("r");
        _clones.Publish("r", branch: "topic");
        _clones.Git(_clones.Folder, "clone", "-q", "--bare", _clones.Url("r"), bare);
        if (bare.EndsWith("/.bare", StringComparison.Ordinal))
            File.WriteAllText(_clones.At("project/.git"), "gitdir: ./.bare\n");
        _clones.Git(_clones.At(folder), "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
        _clones.Git(_clones.At(folder), "fetch", "-q");
        foreach (string branch in (string[])["main", "topic"])
        {
            _clones.Git(_clones.At(folder), "worktree", "add", "-q", branch, branch);
            _clones.Git(_clones.At($"{folder}/{branch}"), "branch", "-q", "-u", $"origin/{branch}");
        }

        string outside = Directory.CreateTempSubdirectory("hands-test-").FullName;
        _clones.Git(_clones.At(folder), "worktree", "add", "-q", "--detach", Path.Combine(outside, "tree"));
        try
        {
            string[] news = [_clones.Publish("r"), _clones.Publish("r", branch: "topic")];
            int before = server.Connections(_clones.Served("r"));

            var result = await _clones.Pull();

            result.StateOf(folder).ShouldBe("bare(fetched)");
            result.StateOf(folder + "/main").ShouldBe("updated");
            result.StateOf(folder + "/topic").ShouldBe("updated");
            result.Rows.Count.ShouldBe(3, "the one outside was not named");
            new[] { _clones.Head(folder + "/main"), _clones.Head(folder + "/topic") }.ShouldBe(news);
            (server.Connections(_clones.Served("r")) - before).ShouldBe(1);
            (await _clones.Pull("--nested")).Error.ShouldStartWith("2 up to date · 1 bare(fetched) · ");
            (await _clones.Pull("--exclude", "top*", folder)).Error.ShouldStartWith("1 up to date · 1 bare(fetched) · ");
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bare_clone_whose_branches_never_move_is_not_called_fetched()
    {
        _clones.Remote("plain");
        _clones.Clone("plain", "--bare");
        _clones.Git(_clones.Folder, "init", "-q", "--bare", "alone");
        string news = _clones.Publish("plain");

        var result = await _clones.Pull();

        result.StateOf("plain").ShouldBe("no-upstream");
        result.StateOf("alone").ShouldBe("no-upstream");

        // The command in the message makes it a mirror.
        string command = result.Rows["plain"][7].Split(": ", 2)[1];
        command.ShouldBe($"git -C {_clones.At("plain")} config remote.origin.fetch '+refs/heads/*:refs/heads/*'");
        _clones.Git(_clones.At("plain"), "config", "remote.origin.fetch", "+refs/heads/*:refs/heads/*");
        (await _clones.Pull()).StateOf("plain").ShouldBe("bare(fetched)");
        _clones.Head("plain").ShouldBe(news);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_forced_push_is_seen_beside_a_bare_repository_which_keeps_no_log()
    {
        _clones.Remote("r");
        _clones.Publish("r");
        string old = _clones.Git(_clones.RemotePath("r"), "rev-parse", "main~1");
        _clones.Clone("r", "--bare");
        _clones.Git(_clones.At("r"), "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
        _clones.Git(_clones.At("r"), "fetch", "-q");
        _clones.Git(_clones.At("r"), "worktree", "add", "-q", "tree", "main");
        _clones.Git(_clones.At("r/tree"), "branch", "-q", "-u", "origin/main");
        _clones.Git(_clones.RemotePath("r"), "update-ref", "refs/heads/main", old);

        (await _clones.Pull()).StateOf("r/tree").ShouldBe("rewritten");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_branch_that_is_gone_is_named_in_every_working_tree()
    {
        _clones.Remote("main");
        _clones.Publish("main", branch: "topic");
        _clones.Git(_clones.Clone("main"), "worktree", "add", "-q", _clones.At("tree"), "topic");
        _clones.Git(_clones.RemotePath("main"), "update-ref", "-d", "refs/heads/topic");

        var result = await _clones.Pull();

        result.StateOf("tree").ShouldBe("upstream-gone");
        result.Error.ShouldContain("1 up to date");
    }
}
