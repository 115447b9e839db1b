namespace ManyHands.Cli.Tests.Pulling;

/// <summary>What becomes of a repository, by what it is and what has happened to it.</summary>
[Collection(WithGitServer.Name)]
public sealed class PullStateTests(GitServer server) : IDisposable
{
    private readonly Clones _clones = new(server);

    public void Dispose() => _clones.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Sixty_four_clones_are_updated_and_then_up_to_date()
    {
        string[] names = [.. Enumerable.Range(0, 64).Select(i => $"r{i:00}")];
        _clones.Create("r00");
        foreach (string name in names[1..])
            _clones.Copy("r00", name);
        string news = _clones.Publish("r00");

        var first = await _clones.Pull();
        var second = await _clones.Pull();

        first.Rows.Count.ShouldBe(64);
        first.ExitCode.ShouldBe(0);
        first.Error.ShouldStartWith("64 updated · ");
        names.ShouldAllBe(name => _clones.Head(name) == news);
        second.Error.ShouldStartWith("64 up to date · ");
        second.Output.ShouldBeEmpty();
    }

    [Fact(Timeout = 30_000)]
    public async Task An_updated_repository_tells_branch_commits_and_how_many()
    {
        string before = _clones.Git(_clones.Create("one"), "rev-parse", "HEAD");
        _clones.Publish("one");
        string after = _clones.Publish("one");

        string[] row = (await _clones.Pull()).Rows["one"];

        row[1].ShouldBe("updated");
        row[2].ShouldBe("main");
        before.ShouldStartWith(row[3]);
        after.ShouldStartWith(row[4]);
        row[5].ShouldBe("2");
        row.Length.ShouldBe(8);
    }

    [Fact(Timeout = 30_000)]
    public async Task Uncommitted_edits_keep_the_branch_where_it_is()
    {
        File.WriteAllText(Path.Combine(_clones.Create("edited"), "file"), "edit");
        string before = _clones.Head("edited");
        _clones.Publish("edited", file: "other");

        var result = await _clones.Pull();

        result.StateOf("edited").ShouldBe("dirty");
        result.ExitCode.ShouldBe(0);
        _clones.Head("edited").ShouldBe(before);
        File.ReadAllText(Path.Combine(_clones.At("edited"), "file")).ShouldBe("edit");
    }

    [Fact(Timeout = 30_000)]
    public async Task Staged_edits_keep_the_branch_where_it_is()
    {
        File.WriteAllText(Path.Combine(_clones.Create("staged"), "new"), "edit");
        _clones.Git(_clones.At("staged"), "add", "new");
        _clones.Publish("staged");

        (await _clones.Pull()).StateOf("staged").ShouldBe("dirty");
    }

    [Fact(Timeout = 30_000)]
    public async Task On_request_a_branch_moves_under_edits_that_it_does_not_touch_and_only_then()
    {
        foreach (string name in (string[])["apart", "touched"])
        {
            File.WriteAllText(Path.Combine(_clones.Create(name), "file"), "edit");
            _clones.Publish(name, file: name == "apart" ? "other" : "file");
        }

        var result = await _clones.Pull("--dirty=ff");

        result.StateOf("apart").ShouldBe("updated");
        result.StateOf("touched").ShouldBe("dirty");
        File.ReadAllText(Path.Combine(_clones.At("touched"), "file")).ShouldBe("edit");
    }

    [Fact(Timeout = 30_000)]
    public async Task Untracked_files_do_not_stop_an_update_unless_it_would_overwrite_them()
    {
        foreach (string name in (string[])["apart", "hit"])
        {
            File.WriteAllText(Path.Combine(_clones.Create(name), "untracked"), "mine");
            _clones.Publish(name, file: name == "apart" ? "other" : "untracked");
        }

        var result = await _clones.Pull();

        result.StateOf("apart").ShouldBe("updated");
        result.StateOf("hit").ShouldBe("dirty");
        File.ReadAllText(Path.Combine(_clones.At("hit"), "untracked")).ShouldBe("mine");
    }

    [Fact(Timeout = 30_000)]
    public async Task Commits_of_our_own_are_ahead_or_diverged_and_never_merged()
    {
        foreach (string name in (string[])["ahead", "diverged"])
            _clones.Git(_clones.Create(name), "commit", "-q", "--allow-empty", "-m", "mine");
        string mine = _clones.Head("diverged");
        _clones.Publish("diverged");

        var result = await _clones.Pull();

        result.StateOf("ahead").ShouldBeNull("it is only counted");
        result.Error.ShouldContain("1 ahead");
        result.StateOf("diverged").ShouldBe("diverged");
        result.Rows["diverged"][7].ShouldBe("1 ahead, 1 behind");
        _clones.Head("diverged").ShouldBe(mine);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_detached_head_and_a_branch_without_upstream_are_named_and_fetched()
    {
        _clones.Git(_clones.Create("detached"), "checkout", "-q", "--detach");
        _clones.Git(_clones.Create("local"), "checkout", "-q", "-b", "mine");
        string news = _clones.Publish("detached");

        var result = await _clones.Pull();

        result.StateOf("detached").ShouldBe("detached");
        result.StateOf("local").ShouldBe("no-upstream");
        result.Rows["local"][2].ShouldBe("mine");
        _clones.Git(_clones.At("detached"), "rev-parse", "origin/main").ShouldBe(news);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_head_that_is_a_link_or_names_no_branch_is_no_lock()
    {
        string linked = _clones.Create("linked");
        File.Delete(Path.Combine(linked, ".git", "HEAD"));
        File.CreateSymbolicLink(Path.Combine(linked, ".git", "HEAD"), "refs/heads/main");
        string patch = _clones.Create("patch");
        _clones.Git(patch, "update-ref", "refs/patches/one", "HEAD");
        _clones.Git(patch, "symbolic-ref", "HEAD", "refs/patches/one");
        _clones.Publish("linked");

        var result = await _clones.Pull();

        result.StateOf("linked").ShouldBe("updated");
        result.StateOf("patch").ShouldBe("detached");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_branch_that_is_gone_from_the_remote_is_named_with_and_without_prune()
    {
        _clones.Remote("gone");
        _clones.Publish("gone", branch: "topic");
        _clones.Clone("gone", "-b", "topic");
        _clones.Git(_clones.RemotePath("gone"), "update-ref", "-d", "refs/heads/topic");

        (await _clones.Pull()).StateOf("gone").ShouldBe("upstream-gone");
        (await _clones.Pull("--prune")).StateOf("gone").ShouldBe("upstream-gone");
        _clones.Git(_clones.At("gone"), "branch", "-r").ShouldNotContain("topic");
    }

    [Fact(Timeout = 30_000)]
    public async Task An_empty_clone_is_named_and_filled_once_there_is_something()
    {
        _clones.Git(_clones.Folder, "init", "-q", "--bare", _clones.RemotePath("empty"));
        _clones.Clone("empty");
        _clones.Git(_clones.Folder, "init", "-q", "alone");

        var before = await _clones.Pull();
        string first = _clones.Publish("empty");
        var after = await _clones.Pull();

        before.StateOf("empty").ShouldBe("empty");
        before.StateOf("alone").ShouldBe("empty");
        after.StateOf("empty").ShouldBe("updated");
        _clones.Head("empty").ShouldBe(first);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bare_repository_is_fetched()
    {
        _clones.Remote("mirror");
        _clones.Clone("mirror", "--mirror");
        string news = _clones.Publish("mirror");

        (await _clones.Pull()).StateOf("mirror").ShouldBe("bare(fetched)");
        _clones.Head("mirror").ShouldBe(news);
        (await _clones.Pull()).Error.ShouldStartWith("1 bare(fetched) · ");
    }

    [Fact(Timeout = 30_000)]
    public async Task Working_trees_of_one_repository_are_all_updated_by_one_fetch()
    {
        _clones.Remote("main");
        _clones.Publish("main", branch: "topic");
        _clones.Git(_clones.Clone("main"), "worktree", "add", "-q", _clones.At("tree"), "topic");
        string[] news = [_clones.Publish("main"), _clones.Publish("main", branch: "topic")];
        int before = server.Connections(_clones.Served("main"));

        var result = await _clones.Pull();

        result.StateOf("main").ShouldBe("updated");
        result.StateOf("tree").ShouldBe("updated");
        new[] { _clones.Head("main"), _clones.Head("tree") }.ShouldBe(news);
        (server.Connections(_clones.Served("main")) - before).ShouldBe(1);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_submodule_is_looked_at_only_on_request_and_does_not_make_its_parent_dirty()
    {
        _clones.Remote("part");
        string whole = _clones.Create("whole");
        _clones.Git(whole, "-c", "protocol.git.allow=always", "submodule", "--quiet", "add", _clones.Url("part"), "part");
        _clones.Git(whole, "commit", "-q", "-m", "with a part");
        _clones.Git(whole, "push", "-q", _clones.RemotePath("whole"), "HEAD:main");
        string part = Path.Combine(whole, "part");
        _clones.Publish("part");

        (await _clones.Pull()).Output.ShouldBeEmpty();
        (await _clones.Pull("--nested")).StateOf("whole/part").ShouldBe("updated");

        // The submodule now stands on another commit than its parent records.
        _clones.Publish("whole", file: "other");
        (await _clones.Pull()).StateOf("whole").ShouldBe("updated");
        _clones.Git(part, "checkout", "-q", "--detach");
        (await _clones.Pull("--nested")).StateOf("whole/part").ShouldBe("detached");
    }

    [Fact(Timeout = 30_000)]
    public async Task Another_program_that_holds_the_index_is_a_lock()
    {
        _clones.Create("busy");
        File.WriteAllText(Path.Combine(_clones.At("busy"), ".git", "index.lock"), "");
        string before = _clones.Head("busy");
        _clones.Publish("busy");

        var result = await _clones.Pull();

        result.StateOf("busy").ShouldBe("locked");
        result.ExitCode.ShouldBe(1);
        _clones.Head("busy").ShouldBe(before);
    }

    [Fact(Timeout = 30_000)]
    public async Task With_fetch_only_no_branch_moves()
    {
        string before = _clones.Git(_clones.Create("one"), "rev-parse", "HEAD");
        string news = _clones.Publish("one");

        var result = await _clones.Pull("--fetch-only");

        result.StateOf("one").ShouldBe("fetched");
        _clones.Head("one").ShouldBe(before);
        _clones.Git(_clones.At("one"), "rev-parse", "origin/main").ShouldBe(news);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_damaged_repository_fails_alone_and_its_reason_is_told()
    {
        _clones.Create("good");
        _clones.Create("bad");
        File.WriteAllText(Path.Combine(_clones.At("bad"), ".git", "config"), "[core\n");
        _clones.Publish("good");

        var result = await _clones.Pull();

        result.StateOf("good").ShouldBe("updated");
        result.StateOf("bad").ShouldBe("failed");
        result.Rows["bad"][7].ShouldContain("bad config line 1");
    }

    [Fact(Timeout = 30_000)]
    public async Task Tidying_up_is_left_to_git_where_it_is_due()
    {
        string clone = _clones.Create("full");
        _clones.Git(clone, "config", "gc.auto", "1");
        _clones.Git(clone, "config", "gc.autoDetach", "false");
        string loose = Directory.CreateDirectory(Path.Combine(clone, ".git", "objects", "17")).FullName;
        for (int i = 0; i < 30; i++)
            File.WriteAllText(Path.Combine(loose, $"{i:x38}"), "");
        _clones.Publish("full");
        _clones.Environment["GIT_TRACE"] = Path.Combine(_clones.Folder, "trace");

        await _clones.Pull();

        File.ReadAllText(Path.Combine(_clones.Folder, "trace")).ShouldContain("maintenance run --auto");
    }
}
