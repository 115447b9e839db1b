using System.Runtime.InteropServices;

namespace ManyHands.Cli.Commands;

/// <summary>
/// What the signals that end a program mean here. Ctrl-C: start nothing new; again, or SIGTERM: stop what runs. Without a terminal nobody can press it
/// again, so the first interrupt stops at once. SIGHUP: start nothing new.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _startNothingNew = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly bool _hasTerminal;

    public Interruption(bool hasTerminal)
    {
        _hasTerminal = hasTerminal;
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
    }

    /// <summary>Called when the first signal asks to start nothing new; told whether Ctrl-C can be pressed again.</summary>
    public Action<bool>? OnDrain { get; set; }

    public CancellationToken StartNothingNew => _startNothingNew.Token;

    public CancellationToken Stop => _stop.Token;

    /// <summary>The exit code that tells of the signal, or null when there was none.</summary>
    public int? ExitCode { get; private set; }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _startNothingNew.Dispose();
        _stop.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        bool isFirst = ExitCode is null;
        ExitCode ??= context.Signal switch
        {
            PosixSignal.SIGINT => 130,
            PosixSignal.SIGTERM => 143,
            _ => 129,
        };
        _startNothingNew.Cancel();
        if (context.Signal == PosixSignal.SIGTERM || (context.Signal == PosixSignal.SIGINT && !(isFirst && _hasTerminal)))
            _stop.Cancel();
        else if (isFirst)
            OnDrain?.Invoke(context.Signal == PosixSignal.SIGINT);
    }
}
