using ManyHands.Cli.Rendering;

namespace ManyHands.Cli.Commands;

/// <summary>One call of the tool: where it writes, what interrupts it, and how it ends.</summary>
internal sealed class Invocation : IDisposable
{
    /// <summary>The exit code of our own errors, usage included; smaller ones count failures.</summary>
    public const int OwnError = 255;

    /// <summary>The exit code when the work was done but not all that there was to say about it could be written.</summary>
    public const int ReportLost = 254;

    private bool _fileLost;

    public Invocation()
    {
        Output = Output.Standard(Interruption.Stop);
        Error = Output.StandardError(Interruption.Stop);
    }

    public Interruption Interruption { get; } = new();

    /// <summary>
    /// Time that a verb has to end after it was told to stop. Default: 5 s, since Git is killed after 2 s, and what has not ended long after that does not
    /// listen.
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    public Output Output { get; }

    public Output Error { get; }

    /// <summary>Runs a verb on the thread pool, so that signals end even one that does not listen.</summary>
    /// <returns>The exit code.</returns>
    public int Run(Func<Invocation, Task<int>> verb)
    {
        Task<int> running = Task.Run(() => CatchAsync(verb));
        Task.WaitAny(running, Interruption.Stopped);
        return running.Wait(Patience) || !Interruption.Stopped.IsCompleted ? ExitCode(running.Result) : Interruption.ExitCode!.Value;
    }

    /// <summary>Standard error for what is worth nothing afterwards: not being able to write it is no loss.</summary>
    public Output Progress() => Output.StandardError(Interruption.Stop);

    /// <summary>Writes text that was asked for.</summary>
    /// <returns>The exit code.</returns>
    public int Show(string text)
    {
        Output.Write(text);
        return 0;
    }

    /// <summary>Says on standard error, in one line, that a file could not be written, and remembers it for the exit code.</summary>
    public void SayLost(string message)
    {
        _fileLost = true;
        Say(message);
    }

    public void Dispose() => Interruption.Dispose();

    private async Task<int> CatchAsync(Func<Invocation, Task<int>> verb)
    {
        try
        {
            return await verb(this).ConfigureAwait(false);
        }
        catch (Exception) when (Interruption.Stop.IsCancellationRequested)
        {
            // Whatever the end of the work brought about: it was asked for.
            return 0;
        }
        catch (UsageException wrong)
        {
            Say(wrong.Message);
        }
#pragma warning disable CA1031 // The outermost frame: an error of ours is one line for who runs the tool, with its type for who mends it.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            var place = unexpected.TargetSite;
            Say($"hands: unexpected {unexpected.GetType().Name}: {unexpected.Message} (in {place?.DeclaringType?.Name}.{place?.Name})");
        }

        return OwnError;
    }

    private int ExitCode(int code)
    {
        // A reader that has gone wanted no more, and wants no explanation.
        if (Output.Error is { } error && !OutputDescriptor.IsReaderGone(error) && !Interruption.Stop.IsCancellationRequested)
            Say($"hands: standard output could not be written: {error.Message}. The work went on, only its report is incomplete.");
        if (code == OwnError)
            return code;
        return Interruption.ExitCode ?? (_fileLost || Output.Error is not null || Error.Error is not null ? ReportLost : code);
    }

    private void Say(string message) => Error.Write(Output.Plain(message.ReplaceLineEndings(" ")) + "\n");
}
