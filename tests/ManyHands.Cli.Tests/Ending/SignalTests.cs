using System.Runtime.InteropServices;
using ManyHands.Cli.Commands;
using ManyHands.Cli.Git;
using ManyHands.Cli.Tests.Pulling;

namespace ManyHands.Cli.Tests.Ending;

/// <summary>The signals that end a program are heard whatever it is doing.</summary>
[Collection(WithGitServer.Name)]
public sealed class SignalTests(GitServer server) : IDisposable
{
    private readonly Clones _clones = new(server);

    public static TheoryData<string, int> Signals => new() { { "INT", 130 }, { "TERM", 143 }, { "HUP", 129 } };

    public void Dispose() => _clones.Dispose();

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Signals))]
    public async Task An_advice_stops_at_once_and_so_does_the_work(string signal, int exitCode)
    {
        await using var tool = Tool.Start(_clones.Folder, _clones.Environment, ["advise", "sh", "-c", ": >started; sleep 1000"]);
        await Started();

        tool.Signal(signal);
        var result = await tool.EndAsync();

        result.ExitCode.ShouldBe(exitCode);
        result.Output.ShouldBeEmpty();
        await NothingIsLeft();
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Signals))]
    public async Task The_lab_stops_at_once(string signal, int exitCode)
    {
        _clones.Environment["HANDS"] = Tool.Path;
        await using var tool = Tool.Start(
            _clones.Folder, _clones.Environment, ["-c", "exec \"$HANDS\" lab --only sleep --workers 2 --rounds 1000 --no-others 2>&1"], "sh");
        await tool.Says("0 %");

        tool.Signal(signal);
        var result = await tool.EndAsync();

        result.ExitCode.ShouldBe(exitCode);
        File.Exists(_clones.At("hands-lab.html")).ShouldBeFalse();
        await NothingIsLeft();
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Signals))]
    public async Task A_search_stops_at_once(string signal, int exitCode)
    {
        _clones.Create("one");
        _clones.Fake("git", $": >'{_clones.At("started")}'; exec sleep 1000\n");
        await using var tool = _clones.Start();
        await Started();

        tool.Signal(signal);
        var result = await tool.EndAsync();

        result.ExitCode.ShouldBe(exitCode);
        result.Output.ShouldBeEmpty();
        result.Error.ShouldBe("hands: stopped while searching; no repository was changed.\n");
    }

    [Fact(Timeout = 30_000)]
    public async Task On_a_terminal_a_search_is_shown_and_the_first_interrupt_ends_it()
    {
        _clones.Create("one");
        _clones.Fake("git", $": >'{_clones.At("started")}'; exec sleep 1000\n");
        await using var terminal = _clones.StartOnTerminal();
        await terminal.Says(", 1 found");

        await terminal.Input.WriteAsync('\x3');
        await terminal.Input.FlushAsync();
        var result = await terminal.EndAsync();

        result.ExitCode.ShouldBe(130);
        result.Output.ShouldContain("stopped while searching");
    }

    [Fact]
    public void A_walk_through_folders_can_be_cancelled()
    {
        var finder = new RepositoryFinder(new PullOptions { Paths = [_clones.Folder] });

        Should.Throw<OperationCanceledException>(() => finder.Find(new CancellationToken(canceled: true)));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_verb_that_does_not_listen_is_left() => await Task.Run(() =>
    {
        using var hands = new Invocation { Patience = TimeSpan.Zero };

        int exitCode = hands.Run(async invocation =>
        {
            invocation.Interruption.Handle(new PosixSignalContext(PosixSignal.SIGTERM));
            await Task.Delay(Timeout.Infinite);
            return 0;
        });

        exitCode.ShouldBe(143);
    });

    [Fact(Timeout = 30_000)]
    public async Task What_a_stop_brings_about_is_no_error() => await Task.Run(() =>
    {
        using var hands = new Invocation();

        int exitCode = hands.Run(invocation =>
        {
            invocation.Interruption.Handle(new PosixSignalContext(PosixSignal.SIGHUP));
            throw new InvalidOperationException("The pool is closed.");
        });

        exitCode.ShouldBe(129);
        hands.Error.Error.ShouldBeNull();
    });

    private Task Started() => Processes.Until(() => File.Exists(_clones.At("started")), "the work does not start");

    private Task NothingIsLeft() =>
        Processes.Until(() => _clones.Processes().Length == 0, $"still running: {string.Join(", ", _clones.Processes())}");
}
