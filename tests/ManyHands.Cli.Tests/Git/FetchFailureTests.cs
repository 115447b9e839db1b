using ManyHands.Cli.Git;

namespace ManyHands.Cli.Tests.Git;

/// <summary>What is told of a failure: by what Git, ssh and servers really write.</summary>
public sealed class FetchFailureTests
{
    private const string NothingRead =
        "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\nand the repository exists.";

    [Theory]
    [InlineData("fatal: could not read Username for 'https://x': terminal prompts disabled", "Auth")]
    [InlineData("git@x: Permission denied (publickey).\n" + NothingRead, "Auth")]
    [InlineData("Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\n" + NothingRead, "Auth")]
    [InlineData("No ED25519 host key is known for x and you have requested strict checking.\nHost key verification failed.\n" + NothingRead, "Auth")]
    [InlineData("fatal: unable to access 'https://x/': The requested URL returned error: 403", "Auth")]
    [InlineData("fatal: unable to access 'https://x/': Received HTTP code 407 from proxy after CONNECT", "Auth")]
    [InlineData("ssh: Could not resolve hostname x: Name or service not known\n" + NothingRead, "Unreachable")]
    [InlineData("fatal: unable to access 'https://x/': Could not resolve host: x", "Unreachable")]
    [InlineData("fatal: unable to access 'https://x/': The requested URL returned error: 404", "Unreachable")]
    [InlineData("fatal: unable to access 'https://x/': The requested URL returned error: 502", "Unreachable")]
    [InlineData("fatal: unable to access 'https://x/': SSL certificate problem: certificate has expired", "Unreachable")]
    [InlineData("fatal: unable to access 'https://x/': gnutls_handshake() failed: Error in the pull function.", "Unreachable")]
    [InlineData("fatal: https://x/a.git/info/refs not valid: is this a git repository?", "Unreachable")]
    [InlineData("fatal: repository 'https://x/a.git/' not found", "Unreachable")]
    [InlineData("error: RPC failed; HTTP 500 curl 22 The requested URL returned error: 500\nfatal: expected flush after ref listing", "Unreachable")]
    [InlineData("fetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output", "Unreachable")]
    [InlineData("fatal: read error: Connection reset by peer", "Unreachable")]
    [InlineData("fatal: the remote end hung up unexpectedly", "Unreachable")]
    [InlineData("fatal: protocol error: bad line length character: <!DO", "Unreachable")]
    [InlineData("fatal: '/x' does not appear to be a git repository\n" + NothingRead, "Unreachable")]
    [InlineData("error: cannot lock ref 'refs/remotes/origin/main': is at 1 but expected 2", "Locked")]
    [InlineData("fatal: Unable to create '/x/.git/index.lock': File exists.", "Locked")]
    [InlineData("error: cannot lock ref 'refs/heads/a': Unable to create '/x/a.lock': Permission denied", "Failed")]
    [InlineData("error: cannot lock ref 'refs/heads/a': unable to resolve reference 'refs/heads/a': reference broken", "Failed")]
    [InlineData("error: file write error: No space left on device\nfatal: early EOF\nfatal: the remote end hung up unexpectedly", "Failed")]
    [InlineData("fatal: something new", "Failed")]
    [InlineData("", "Failed")]
    public void An_error_output_tells_the_state(string error, string state) =>
        FetchFailure.Classify(error).State.ShouldBe(Enum.Parse<PullState>(state));

    [Theory]
    [InlineData(
        "remote: Repository not found.\nfatal: repository 'https://github.example/a/b.git/' not found",
        "Unreachable", "Repository not found. (repository 'https://github.example/a/b.git/' not found)")]
    [InlineData("ERROR: Repository not found.\n" + NothingRead, "Unreachable", "Repository not found.")]
    [InlineData(
        "remote: \nremote: ========================================================================\nremote: \n"
        + "remote: ERROR: The project you were looking for could not be found or you don't have permission to view it.\n\n"
        + "remote: \nremote: ========================================================================\nremote: \n" + NothingRead,
        "Unreachable", "The project you were looking for could not be found or you don't have permission to view it.")]
    [InlineData(
        "remote: The `org' organization has enabled or enforced SAML SSO.\nremote: To access this repository, use a token.\n"
        + "fatal: unable to access 'https://x/': The requested URL returned error: 403",
        "Auth",
        "The `org' organization has enabled or enforced SAML SSO. To access this repository, use a token. "
        + "(unable to access 'https://x/': The requested URL returned error: 403)")]
    [InlineData("ERROR: The `org' organization has enabled or enforced SAML SSO.\n" + NothingRead, "Auth", "The `org' organization has enabled or enforced SAML SSO.")]
    [InlineData(
        "remote: Access to this repository has been disabled by its owner.\nfatal: unable to access 'https://x/': The requested URL returned error: 403",
        "Unreachable", "Access to this repository has been disabled by its owner. (unable to access 'https://x/': The requested URL returned error: 403)")]
    [InlineData(
        "remote: This repository was archived.\nfatal: unable to access 'https://x/': The requested URL returned error: 403",
        "Unreachable", "This repository was archived. (unable to access 'https://x/': The requested URL returned error: 403)")]
    [InlineData("fatal: remote error: access denied or repository not exported: /a.git", "Unreachable", "remote error: access denied or repository not exported: /a.git")]
    [InlineData("fatal: remote error: \n  The unauthenticated git protocol on port 9418 is no longer supported.", "Unreachable",
        "remote error: The unauthenticated git protocol on port 9418 is no longer supported.")]
    [InlineData("conq: repository does not exist.\n" + NothingRead, "Unreachable", "conq: repository does not exist.")]
    [InlineData("Warning: Permanently added 'x' (ED25519) to the list of known hosts.\ngit@x: Permission denied (publickey).\n" + NothingRead, "Auth",
        "git@x: Permission denied (publickey).")]
    [InlineData("remote: Enumerating objects: 5, done.\nremote: Counting objects: 100% (5/5), done.\nfatal: early EOF", "Unreachable", "early EOF")]
    [InlineData("From git://h/a\n ! [rejected] v1 -> v1  (would clobber existing tag)\n   1..2 main -> origin/main", "Failed",
        "! [rejected] v1 -> v1  (would clobber existing tag)")]
    [InlineData("unable to connect to h:\nh[0: 10.0.0.1]: errno=Connection refused", "Unreachable", "unable to connect to h: h[0: 10.0.0.1]: errno=Connection refused")]
    public void The_servers_own_words_are_the_reason(string error, string state, string message) =>
        FetchFailure.Classify(error).ShouldBe((Enum.Parse<PullState>(state), message));

    [Fact]
    public void A_changed_host_key_is_not_a_question_of_credentials()
    {
        const string error = """
            @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
            @    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
            @@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
            IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!
            Host key for [example.org]:2222 has changed and you have requested strict checking.
            Host key verification failed.
            fatal: Could not read from remote repository.
            """;

        var (state, message) = FetchFailure.Classify(error);

        state.ShouldBe(PullState.Unsafe);
        message.ShouldContain("the host key of [example.org]:2222 is not the one that is known");
        message.ShouldContain("ssh-keygen -R '[example.org]:2222'");
    }

    [Fact]
    public void A_repository_of_another_user_is_named_with_what_trusts_it()
    {
        // That of the remote, too, where it is a folder.
        const string error = "fatal: detected dubious ownership in repository at '/srv/a b.git'\n"
            + "To add an exception for this directory, call:\n\n\tgit config --global --add safe.directory '/srv/a b.git'\n" + NothingRead;

        FetchFailure.Classify(error).ShouldBe((PullState.Unsafe,
            "'/srv/a b.git' belongs to another user, so Git does not open it; if you trust it: git config --global --add safe.directory '/srv/a b.git'"));
    }

    [Fact]
    public void An_endless_reason_is_cut()
    {
        string error = string.Concat(Enumerable.Repeat("remote: no, and again no\n", 100)) + NothingRead;

        FetchFailure.Classify(error).Message.Length.ShouldBe(300);
    }

    [Theory]
    [InlineData("fatal: detected dubious ownership in repository at '/x'\n\tgit config --global --add safe.directory '*'; touch pwned\n")]
    [InlineData("fatal: detected dubious ownership in repository at '/x'; touch pwned; '/'\n")]
    [InlineData("@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key for x';touch${IFS}pwned;' has changed\n")]
    public void No_server_can_put_a_command_into_the_advice(string error)
    {
        string message = FetchFailure.Classify(error).Message;
        string command = message[(message.LastIndexOf("if you trust it: ", StringComparison.Ordinal) is >= 0 and var at ? at : message.IndexOf("ssh-keygen", StringComparison.Ordinal))..];
        command.ShouldNotMatch(@"^(\\.|[^'\\;$]|'[^']*')*[;$]"); // outside of quotes
        command.ShouldNotContain("'*'");
    }
}
