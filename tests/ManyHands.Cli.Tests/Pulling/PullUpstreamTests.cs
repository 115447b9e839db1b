namespace ManyHands.Cli.Tests.Pulling;

/// <summary>What a branch follows, and what the remote may have done to it.</summary>
[Collection(WithGitServer.Name)]
public sealed class PullUpstreamTests(GitServer server) : IDisposable
{
    private readonly Clones _clones = new(server);

    public void Dispose() => _clones.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task What_git_pull_moves_forward_is_moved_forward()
    {
        _clones.Remote("r");
        string topic = _clones.Publish("r", branch: "topic");
        _clones.Git(_clones.RemotePath("r"), "update-ref", "refs/pull/7/head", topic);
        Follow("address", _clones.Url("r"), "refs/heads/topic");
        Follow("request", "origin", "refs/pull/7/head");
        Follow("single", "origin", "refs/heads/topic", "--single-branch");
        _clones.Git(_clones.At("request"), "worktree", "add", "-q", "-b", "other", _clones.At("tree"), topic);
        _clones.Git(_clones.At("tree"), "config", "branch.other.remote", "origin");
        _clones.Git(_clones.At("tree"), "config", "branch.other.merge", "refs/pull/7/head");
        string news = _clones.Publish("r", branch: "topic");
        _clones.Git(_clones.RemotePath("r"), "update-ref", "refs/pull/7/head", news);

        var result = await _clones.Pull();
        var again = await _clones.Pull();

        foreach (string name in (string[])["address", "request", "single", "tree"])
        {
            result.StateOf(name).ShouldBe("updated", name);
            _clones.Head(name).ShouldBe(news);
        }

        again.Error.ShouldStartWith("4 up to date · ");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_branch_that_follows_what_the_remote_s_HEAD_is_moves_with_it()
    {
        _clones.Remote("r");
        _clones.Git(_clones.Clone("r"), "config", "branch.main.merge", "HEAD");
        string news = _clones.Publish("r");

        (await _clones.Pull()).StateOf("r").ShouldBe("updated");

        _clones.Head("r").ShouldBe(news);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_branch_that_follows_a_local_one_moves_with_it()
    {
        _clones.Git(_clones.Create("r"), "checkout", "-q", "-b", "topic", "--track", "main");
        _clones.Git(_clones.At("r"), "worktree", "add", "-q", _clones.At("tree"), "main");
        _clones.Git(_clones.At("tree"), "commit", "-q", "--allow-empty", "-m", "mine");

        (await _clones.Pull()).StateOf("r").ShouldBe("updated");

        _clones.Head("r").ShouldBe(_clones.Head("tree"));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_branch_that_became_a_folder_is_no_lock_and_pruning_helps()
    {
        _clones.Remote("r");
        _clones.Publish("r", branch: "foo");
        _clones.Clone("r");
        _clones.Git(_clones.RemotePath("r"), "update-ref", "-d", "refs/heads/foo");
        _clones.Publish("r", branch: "foo/bar");
        string news = _clones.Publish("r");

        var result = await _clones.Pull();

        result.StateOf("r").ShouldBe("failed");
        result.Rows["r"][7].ShouldContain("pull with --prune");
        (await _clones.Pull("--prune")).ExitCode.ShouldBe(0);
        _clones.Head("r").ShouldBe(news);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_forced_push_is_told_from_commits_of_our_own()
    {
        string first = _clones.Git(_clones.Create("back"), "rev-parse", "HEAD");
        _clones.Publish("back");
        _clones.Git(_clones.At("back"), "pull", "-q");
        foreach (string name in (string[])["aside", "mine"])
            _clones.Copy("back", name);
        _clones.Git(_clones.At("mine"), "reset", "-q", "--hard", first);
        _clones.Git(_clones.At("mine"), "commit", "-q", "--allow-empty", "-m", "mine");
        string old = _clones.Head("back");

        _clones.Git(_clones.RemotePath("back"), "update-ref", "refs/heads/main", first);
        var back = await _clones.Pull("back");
        _clones.Publish("back");
        var result = await _clones.Pull();

        back.StateOf("back").ShouldBe("rewritten", "all that was new was taken back");
        back.ExitCode.ShouldBe(0);
        result.StateOf("back").ShouldBe("rewritten", "Git's log remembers what the upstream was");
        result.StateOf("aside").ShouldBe("rewritten");
        result.StateOf("mine").ShouldBe("diverged", "what the upstream lost is not in it");
        result.Rows["aside"][7].ShouldBe("a forced push took 1 of its commits from the upstream: 1 ahead, 1 behind");
        _clones.Head("aside").ShouldBe(old);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("rebase")]
    [InlineData("merge")]
    [InlineData("cherry-pick")]
    [InlineData("revert")]
    [InlineData("bisect")]
    public async Task Work_that_is_under_way_is_named_and_left_alone(string operation)
    {
        string clone = _clones.Create("r");
        _clones.Publish("r");
        _clones.Git(clone, "pull", "-q");
        _clones.Git(clone, "checkout", "-q", "-b", "side", "HEAD~1");
        File.WriteAllText(Path.Combine(clone, "file"), "mine");
        _clones.Git(clone, "commit", "-q", "-a", "-m", "mine");
        string[] start = operation switch
        {
            "rebase" => ["rebase", "main"],
            "bisect" => ["bisect", "start", "main", "main~1"],
            "revert" => ["revert", "--no-commit", "HEAD"],
            _ => [operation, "side"],
        };
        if (operation != "rebase")
            _clones.Git(clone, "checkout", "-q", "main");
        Should.NotThrow(() => Try(clone, start));
        _clones.Publish("r");

        var result = await _clones.Pull();

        result.StateOf("r").ShouldBe("in-progress");
        result.Rows["r"][7].ShouldContain($"a {operation} is under way");
        result.ExitCode.ShouldBe(0);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("merge.autoStash", "true")]
    [InlineData("branch.main.mergeOptions", "--autostash")]
    [InlineData("branch.main.mergeOptions", "--no-ff --no-edit")]
    [InlineData("branch.main.mergeOptions", "-s ours --no-edit")]
    [InlineData("branch.main.mergeOptions", "--squash --quiet")]
    [InlineData("merge.ff", "false")]
    public async Task Nothing_is_stashed_or_merged_whatever_the_settings_say(string setting, string value)
    {
        foreach (string name in (string[])["edited", "clean"])
        {
            _clones.Create(name);
            _clones.Git(_clones.At(name), "config", setting, value);
        }

        File.WriteAllText(_clones.At("edited/file"), "edit");
        _clones.Publish("edited");
        string news = _clones.Publish("clean");

        var result = await _clones.Pull("--dirty=ff");

        result.StateOf("edited").ShouldBe("dirty");
        File.ReadAllText(_clones.At("edited/file")).ShouldBe("edit");
        _clones.Git(_clones.At("edited"), "stash", "list").ShouldBeEmpty();
        result.StateOf("clean").ShouldBe("updated");
        news.ShouldStartWith(result.Rows["clean"][4]);
        _clones.Head("clean").ShouldBe(news);
        _clones.Git(_clones.At("clean"), "status", "--porcelain").ShouldBeEmpty();
    }

    private void Follow(string name, string remote, string reference, params string[] options)
    {
        _clones.Git(_clones.Folder, ["clone", "-q", .. options, _clones.Url("r"), name]);
        _clones.Git(_clones.At(name), "fetch", "-q", "origin", $"{reference}:mine");
        _clones.Git(_clones.At(name), "checkout", "-q", "mine");
        _clones.Git(_clones.At(name), "config", "branch.mine.remote", remote);
        _clones.Git(_clones.At(name), "config", "branch.mine.merge", reference);
    }

    /// <summary>Runs Git where a conflict is what the test wants.</summary>
    private void Try(string folder, string[] arguments)
    {
        try
        {
            _clones.Git(folder, arguments);
        }
        catch (InvalidOperationException conflict) when (conflict.Message.Contains("CONFLICT", StringComparison.Ordinal))
        {
        }
    }
}
