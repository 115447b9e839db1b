namespace ManyHands.Cli.Tests.Pulling;

/// <summary>Remotes that cannot be reached, want a password or never answer: each named, nobody asked, nothing hangs.</summary>
[Collection(WithGitServer.Name)]
public sealed class PullFailureTests(GitServer server) : IDisposable
{
    private readonly Clones _clones = new(server);

    public void Dispose() => _clones.Dispose();

    [Fact(Timeout = 30_000)]
    public async Task Each_failure_is_named_and_the_rest_is_updated()
    {
        await using var silent = TcpServer.Silent();
        await using var secret = TcpServer.WithPassword();
        string[] names = ["auth", "closed", "nowhere", "silent", "good"];
        _clones.Create(names[0]);
        foreach (string name in names[1..])
            _clones.Copy("auth", name);
        PointTo("auth", $"http://127.0.0.1:{secret.Port}/r.git");
        PointTo("closed", $"git://127.0.0.1:{GitServer.FreePort()}/r.git");
        PointTo("nowhere", _clones.At("no-such-remote"));
        PointTo("silent", $"git://127.0.0.1:{silent.Port}/r.git");
        _clones.Publish("auth");

        var result = await _clones.Pull("--timeout", "4s");

        names.Select(result.StateOf).ShouldBe(["auth", "unreachable", "unreachable", "timeout", "updated"]);
        result.ExitCode.ShouldBe(4);
        result.Rows["silent"][7].ShouldBe("git fetch did not end within 4 s");
        result.Rows["closed"][7].ShouldContain("Connection refused");
        result.Error.ShouldContain($"'auth' needs credentials; to enter them: git -C {_clones.At("auth")} fetch");
        await Processes.Until(() => _clones.Processes().Length == 0, "Git lives on after the timeout");
    }

    [Theory(Timeout = 30_000)]
    [InlineData("404 Not Found", "Repository not found.", "unreachable")]
    [InlineData("403 Forbidden", "This repository has been disabled.", "unreachable")]
    [InlineData("403 Forbidden", "Your organization has enabled SAML SSO.", "auth")]
    [InlineData("503 Service Unavailable", "", "unreachable")]
    public async Task What_a_web_server_says_is_told(string status, string text, string state)
    {
        await using var refusing = TcpServer.Refusing(status, text);
        _clones.Create("r");
        PointTo("r", $"http://127.0.0.1:{refusing.Port}/r.git");

        var result = await _clones.Pull();

        result.StateOf("r").ShouldBe(state);
        result.Rows["r"][7].ShouldContain(text.Length > 0 ? text : "503");
        result.Error.Contains("needs credentials", StringComparison.Ordinal).ShouldBe(state == "auth");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_repository_that_a_git_server_does_not_have_cannot_be_reached()
    {
        _clones.Create("r");
        PointTo("r", _clones.Url("nothing"));

        var result = await _clones.Pull();

        result.StateOf("r").ShouldBe("unreachable");
        result.Rows["r"][7].ShouldContain("access denied or repository not exported");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_changed_host_key_asks_for_no_credentials()
    {
        _clones.Create("shell");
        _clones.Fake("ssh", """
            echo '@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @' >&2
            echo 'Host key for 127.0.0.1 has changed and you have requested strict checking.' >&2
            echo 'Host key verification failed.' >&2
            exit 255

            """);
        PointToSsh("shell");

        var result = await _clones.Pull();

        result.StateOf("shell").ShouldBe("unsafe");
        result.Rows["shell"][7].ShouldContain("ssh-keygen -R 127.0.0.1");
        result.Error.ShouldNotContain("credentials");
    }

    [Fact(Timeout = 30_000)]
    public async Task No_password_program_is_asked()
    {
        await using var secret = TcpServer.WithPassword();
        _clones.Create("auth");
        PointTo("auth", $"http://127.0.0.1:{secret.Port}/r.git");
        _clones.Fake("ask", $"echo asked >>'{_clones.At("asked")}'; echo secret\n");
        _clones.Git(_clones.At("auth"), "config", "core.askPass", "ask");
        foreach (string variable in (string[])["GIT_ASKPASS", "SSH_ASKPASS"])
            _clones.Environment[variable] = "ask";
        _clones.Environment["DISPLAY"] = ":0";

        (await _clones.Pull()).StateOf("auth").ShouldBe("auth");

        File.Exists(_clones.At("asked")).ShouldBeFalse();
    }

    [Fact(Timeout = 30_000)]
    public async Task Ssh_is_told_not_to_ask_and_the_users_own_options_come_first()
    {
        _clones.Create("shell");
        FakeSsh("");
        PointToSsh("shell");
        _clones.Git(_clones.At("shell"), "config", "core.sshCommand", "ssh -o ConnectTimeout=3");
        _clones.Publish("shell");

        (await _clones.Pull()).StateOf("shell").ShouldBe("updated");

        File.ReadAllText(_clones.At("ssh-arguments")).ShouldContain("-o ConnectTimeout=3 -o BatchMode=yes -o ConnectTimeout=15");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_key_that_is_refused_needs_credentials()
    {
        _clones.Create("shell");
        _clones.Fake("ssh", "echo 'git@127.0.0.1: Permission denied (publickey).' >&2; exit 255\n");
        PointToSsh("shell");

        var result = await _clones.Pull();

        result.StateOf("shell").ShouldBe("auth");
        result.Rows["shell"][7].ShouldBe("git@127.0.0.1: Permission denied (publickey).");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_that_refuses_many_connections_is_asked_again_with_fewer()
    {
        string[] names = [.. Enumerable.Range(0, 6).Select(i => $"r{i}")];
        _clones.Create(names[0]);
        PointToSsh(names[0]);
        foreach (string name in names[1..])
            _clones.Copy(names[0], name);

        // A directory can be made only once: whoever meets another one is refused, as by sshd's MaxStartups.
        FakeSsh($"""
            lock='{_clones.At("one-at-a-time")}'
            mkdir "$lock" 2>/dev/null || exec sh -c 'echo kex_exchange_identification: Connection closed by remote host >&2; exit 255'
            trap 'rmdir "$lock"' EXIT
            sleep 0.05
            """);
        _clones.Publish(names[0]);

        var result = await _clones.Pull();

        result.Rows.Values.ShouldAllBe(row => row[1] == "updated");
        result.Rows.Count.ShouldBe(6);
    }

    [Fact(Timeout = 30_000)]
    public async Task Skipped_repositories_count_as_failures_only_when_that_is_asked_for()
    {
        _clones.Git(_clones.Create("detached"), "checkout", "-q", "--detach");

        (await _clones.Pull()).ExitCode.ShouldBe(0);
        (await _clones.Pull("--strict")).ExitCode.ShouldBe(1);
    }

    [Fact(Timeout = 40_000)]
    public async Task More_than_a_hundred_failures_are_exit_code_101()
    {
        _clones.Create("r0");
        PointTo("r0", _clones.At("no-such-remote"));
        for (int i = 1; i < 102; i++)
            _clones.Copy("r0", $"r{i}");

        (await _clones.Pull()).ExitCode.ShouldBe(101);
    }

    [Fact(Timeout = 30_000)]
    public async Task Variables_of_a_surrounding_git_do_not_lead_astray()
    {
        _clones.Create("one");
        _clones.Publish("one");
        _clones.Environment["GIT_DIR"] = "/no/such/folder";
        _clones.Environment["LC_ALL"] = "de_DE.UTF-8";

        (await _clones.Pull()).StateOf("one").ShouldBe("updated");
    }

    private void PointTo(string name, string url)
    {
        _clones.Environment.Remove("GIT_DIR");
        _clones.Git(_clones.At(name), "remote", "set-url", "origin", url);
    }

    private void PointToSsh(string name) => PointTo(name, $"git@127.0.0.1:{_clones.RemotePath(name)}");

    /// <summary>An ssh that runs the command here, after something of the test's.</summary>
    private void FakeSsh(string before) => _clones.Fake("ssh", $"""
        echo "$*" >>'{_clones.At("ssh-arguments")}'
        {before}
        for command; do :; done
        sh -c "$command"
        """);
}
