namespace ManyHands.Cli.Tests.Pulling;

/// <summary>A repository's own settings hold in every Git step: in fetches, merges, hooks, and what a partial clone fetches later.</summary>
[Collection(WithGitServer.Name)]
public sealed class PullSettingsTests : IDisposable
{
    private readonly Clones _clones;
    private readonly string _workSsh;

    public PullSettingsTests(GitServer server)
    {
        _clones = new Clones(server);

        // The ordinary ssh is refused, the one that the repositories name is not.
        _clones.Fake("ssh", $"echo plain >>'{_clones.At("plain-ssh")}'; echo 'git@host: Permission denied (publickey).' >&2; exit 255\n");
        _clones.Fake("work-ssh", "for command; do :; done\nexec sh -c \"$command\"\n");
        _workSsh = Path.Combine(Path.GetDirectoryName(_clones.Folder)!, "bin", "work-ssh");
        _clones.Remote("r");
        _clones.Git(_clones.RemotePath("r"), "config", "uploadpack.allowFilter", "true");
        _clones.Git(_clones.RemotePath("r"), "config", "uploadpack.allowAnySHA1InWant", "true");
    }

    private string Address => $"ssh://host{_clones.RemotePath("r")}";

    public void Dispose() => _clones.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task The_ssh_of_a_repository_is_used_by_fetches_merges_and_hooks()
    {
        Clone("plain", Address, "-c", $"core.sshCommand={_workSsh}");
        Clone("partial", Address, "-c", $"core.sshCommand={_workSsh}", "--filter=blob:none");
        Clone("hook", Address, "-c", $"core.sshCommand={_workSsh}");
        string hook = Directory.CreateDirectory(_clones.At("hook/.git/hooks")).FullName + "/post-merge";
        File.WriteAllText(hook, $"#!/bin/sh\ngit ls-remote origin >'{_clones.At("hook-heard")}'\n");
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string news = _clones.Publish("r");

        var result = await _clones.Pull();

        foreach (string name in (string[])["plain", "partial", "hook"])
        {
            result.StateOf(name).ShouldBe("updated", name);
            _clones.Git(_clones.At(name), "status", "--porcelain").ShouldBeEmpty();
        }

        File.ReadAllText(_clones.At("hook-heard")).ShouldContain(news);
        File.Exists(_clones.At("plain-ssh")).ShouldBeFalse();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_hook_that_goes_to_another_repository_uses_that_ones_ssh()
    {
        Clone("other", Address, "-c", $"core.sshCommand={_workSsh}");
        _clones.Create("r2");
        string hook = Directory.CreateDirectory(_clones.At("r2/.git/hooks")).FullName + "/post-merge";
        File.WriteAllText(hook, $"#!/bin/sh\nunset GIT_DIR\ngit -C '{_clones.At("other")}' ls-remote origin >'{_clones.At("hook-heard")}'\n");
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        _clones.Publish("r2");

        (await _clones.Pull("r2")).StateOf("r2").ShouldBe("updated");

        File.ReadAllText(_clones.At("hook-heard")).ShouldContain("refs/heads/main");
    }

    [Fact(Timeout = 30_000)]
    public async Task Settings_that_the_user_includes_for_a_folder_hold_there()
    {
        string included = Path.Combine(Path.GetDirectoryName(_clones.Folder)!, "work.config");
        File.WriteAllText(included, $"""
            [core]
                sshCommand = {_workSsh}
            [url "ssh://host{Path.GetDirectoryName(_clones.RemotePath("r"))}/"]
                insteadOf = https://git.example.org/
            """);
        string address = $"https://git.example.org/{Path.GetFileName(_clones.RemotePath("r"))}";
        _clones.Git(_clones.Folder, "-c", $"include.path={included}", "clone", "-q", address, "one");
        _clones.Git(_clones.Folder, "config", "--global", $"includeIf.gitdir:{_clones.Folder}/.path", included);
        string news = _clones.Publish("r");

        (await _clones.Pull()).StateOf("one").ShouldBe("updated");

        _clones.Head("one").ShouldBe(news);
    }

    private void Clone(string name, string address, params string[] options) =>
        _clones.Git(_clones.Folder, ["clone", "-q", .. options, address, name]);
}
