namespace ManyHands.Cli.Tests.Pulling;

/// <summary>Whose repositories are opened: Git decides, and nothing of one that it refuses is read or run.</summary>
[Collection(WithGitServer.Name)]
public sealed class PullSafetyTests(GitServer server) : IDisposable
{
    // Git's own means of testing this without a second user.
    private const string OtherOwner = "GIT_TEST_ASSUME_DIFFERENT_OWNER";

    private readonly Clones _clones = new(server);

    public void Dispose() => _clones.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task A_repository_of_another_user_is_not_opened_until_it_is_trusted()
    {
        _clones.Create("clone");
        _clones.Git(_clones.Folder, "clone", "-q", "--mirror", _clones.Url("clone"), "bare.git");
        _clones.Git(_clones.At("clone"), "worktree", "add", "-q", "--detach", _clones.At("tree"));
        _clones.Publish("clone");
        foreach (string name in (string[])["clone", "bare.git"])
            Trap(_clones.At(name));
        _clones.Environment[OtherOwner] = "1";

        var result = await _clones.Pull();

        foreach (string name in (string[])["clone", "bare.git", "tree"])
        {
            result.StateOf(name).ShouldBe("unsafe");
            result.Rows[name][2].ShouldBeEmpty("its HEAD was not read");
        }

        result.ExitCode.ShouldBe(3);
        File.Exists(_clones.At("trapped")).ShouldBeFalse();

        // The command in the message is the one that helps.
        result.Rows["bare.git"][7].ShouldContain($"git config --global --add safe.directory {_clones.At("bare.git")}");
        _clones.Git(_clones.Folder, "config", "--global", "--add", "safe.directory", _clones.At("bare.git"));
        (await _clones.Pull()).StateOf("bare.git").ShouldBe("unreachable");
        File.Exists(_clones.At("trapped")).ShouldBeTrue();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_bare_repository_is_not_opened_against_the_users_settings()
    {
        _clones.Remote("bare");
        Trap(_clones.Clone("bare", "--mirror"));
        _clones.Git(_clones.Folder, "config", "--global", "safe.bareRepository", "explicit");

        var result = await _clones.Pull();

        result.StateOf("bare").ShouldBe("unsafe");
        result.Rows["bare"][7].ShouldContain($"git --git-dir={_clones.At("bare")} fetch");
        File.Exists(_clones.At("trapped")).ShouldBeFalse();
    }

    [Theory(Timeout = 30_000)]
    [InlineData("HEAD", null)]
    [InlineData("head", null)] // to some file systems the same file
    [InlineData("HEAD", "GIT_LITERAL_PATHSPECS")]
    [InlineData("head", "GIT_GLOB_PATHSPECS")]
    [InlineData("HEAD", "GIT_NOGLOB_PATHSPECS")]
    [InlineData("HEAD", "GIT_ICASE_PATHSPECS")]
    public async Task A_bare_repository_that_came_with_a_checkout_is_opened_only_by_name(string tracked, string? variable)
    {
        string whole = _clones.Create("whole");
        _clones.Git(whole, "init", "-q", "--bare", "data/trap.git");
        Trap(Path.Combine(whole, "data/trap.git"));
        File.WriteAllText(Path.Combine(whole, "data/trap.git/objects/kept"), "");
        File.WriteAllText(Path.Combine(whole, "data/trap.git/refs/kept"), "");
        _clones.Git(whole, "add", "data");
        _clones.Git(whole, "rm", "-q", "--cached", "data/trap.git/HEAD");
        string blob = _clones.Git(whole, "hash-object", "-w", "data/trap.git/HEAD").Trim();
        _clones.Git(whole, "update-index", "--add", "--cacheinfo", $"100644,{blob},data/trap.git/{tracked}");
        _clones.Git(whole, "commit", "-q", "-m", "with a bare repository");
        _clones.Git(whole, "clone", "-q", "--mirror", _clones.Url("whole"), "mine.git");

        if (variable is not null)
            _clones.Environment[variable] = "1";
        var nested = await _clones.Pull("--nested");
        var below = await _clones.Pull("whole/data");

        nested.StateOf("whole/data/trap.git").ShouldBe("unsafe");
        nested.Error.ShouldContain("1 bare(fetched)", customMessage: "the one that is not tracked");
        below.StateOf("whole/data/trap.git").ShouldBe("unsafe");
        below.Rows["whole/data/trap.git"][7].ShouldContain($"hands pull {whole}/data/trap.git");
        File.Exists(_clones.At("trapped")).ShouldBeFalse();
        (await _clones.Pull("whole/data/trap.git")).StateOf("whole/data/trap.git").ShouldBe("unreachable");
        File.Exists(_clones.At("trapped")).ShouldBeTrue();
    }

    [Fact(Timeout = 30_000)]
    public async Task Broken_repositories_are_named_and_not_taken_for_the_one_around_them()
    {
        // A colon separates folders in the variable that limits Git's search.
        _clones.Git(_clones.Folder, "init", "-q", "a:b");
        foreach (string name in (string[])["empty", "headless", "a:b/inner"])
            Directory.CreateDirectory(_clones.At(name + "/.git"));
        _clones.Create("good");
        _clones.Copy("good", "headless/.git/objects");
        Directory.CreateDirectory(_clones.At("lost"));
        File.WriteAllText(_clones.At("lost/.git"), "gitdir: /no/such/folder\n");
        Directory.CreateDirectory(_clones.At("text"));
        File.WriteAllText(_clones.At("text/.git"), "hello");
        Directory.CreateDirectory(_clones.At("dangling"));
        File.CreateSymbolicLink(_clones.At("dangling/.git"), "/no/such/folder");
        _clones.Publish("good");

        var result = await _clones.Pull("--nested");

        result.StateOf("good").ShouldBe("updated");
        result.StateOf("a:b").ShouldBe("empty");
        foreach (string name in (string[])["empty", "headless", "a:b/inner", "lost", "text", "dangling"])
            result.StateOf(name).ShouldBe("failed", name);
        result.Rows["empty"][7].ShouldContain("it is no Git repository");
        result.Rows["lost"][7].ShouldBe("not a git repository: /no/such/folder");
        result.Rows["text"][7].ShouldContain("invalid gitfile format");
        result.ExitCode.ShouldBe(6);
    }

    /// <summary>Settings that leave a file behind if the repository is fetched.</summary>
    private void Trap(string repository)
    {
        _clones.Git(repository, "config", "remote.origin.url", "ssh://127.0.0.1/r");
        _clones.Git(repository, "config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*");
        _clones.Git(repository, "config", "core.sshCommand", $"sh -c 'touch \"{_clones.At("trapped")}\"; exit 1'");
    }
}
