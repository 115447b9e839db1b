using System.Runtime.InteropServices;

namespace ManyHands.Cli.Commands;

/// <summary>
/// What the signals that end a program mean here, whatever the verb and whatever it is doing. While <see cref="OnDrain"/> is set, Ctrl-C on a terminal and
/// SIGHUP start nothing new and let what runs finish; Ctrl-C again stops it. Every other signal stops at once, and so does every signal while there is
/// nothing to finish. Without a terminal Ctrl-C cannot be pressed again, so the first interrupt stops.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly Lock _changing = new();
    private readonly CancellationTokenSource _startNothingNew = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly bool _hasTerminal = !Console.IsInputRedirected || !Console.IsOutputRedirected || !Console.IsErrorRedirected;

    public Interruption()
    {
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
            _registrations.Add(PosixSignalRegistration.Create(signal, Handle));
    }

    /// <summary>
    /// Set while there is something that a first signal should let finish: called when one does, and told whether Ctrl-C can be pressed again.
    /// </summary>
    public Action<bool>? OnDrain { get; set; }

    public CancellationToken StartNothingNew => _startNothingNew.Token;

    public CancellationToken Stop => _stop.Token;

    /// <summary>Completes when <see cref="Stop"/> is asked for.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>The exit code that tells of the signal, or null when there was none.</summary>
    public int? ExitCode { get; private set; }

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _startNothingNew.Dispose();
        _stop.Dispose();
    }

    /// <summary>Does what the signal means.</summary>
    internal void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        bool isFirst;
        Action<bool>? drain;
        lock (_changing)
        {
            isFirst = ExitCode is null;
            ExitCode ??= context.Signal switch
            {
                PosixSignal.SIGINT => 130,
                PosixSignal.SIGTERM => 143,
                _ => 129,
            };
            drain = context.Signal == PosixSignal.SIGHUP || (context.Signal == PosixSignal.SIGINT && isFirst && _hasTerminal) ? OnDrain : null;
        }

        if (drain is null)
            _stopped.TrySetResult();
        try
        {
            _startNothingNew.Cancel();
            if (drain is null)
                _stop.Cancel();
            else if (isFirst)
                drain(context.Signal == PosixSignal.SIGINT);
        }
        catch (ObjectDisposedException)
        {
            // The work has ended in between: a signal that is handled already is not waited for.
        }
    }
}
