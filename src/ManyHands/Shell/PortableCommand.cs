using System.ComponentModel;
using System.Diagnostics;

// Runs where the other launcher cannot; the tests try it on Linux all the same.

namespace ManyHands.Shell;

/// <summary>
/// Runs a command with System.Diagnostics.Process, where posix_spawn and pidfds are not to be had. It cannot make a session, so a stop is a kill of the
/// tree at once, and processor time is told only where the framework tells it.
/// </summary>
internal static class PortableCommand
{
    // The end of the program ends the wait; what it wrote just before is still on its way through the pipe.
    private static readonly TimeSpan _lastOutput = TimeSpan.FromMilliseconds(250);

    public static async Task<CommandResult> RunAsync(ExternalCommand command, CancellationToken cancellationToken)
    {
        var output = new BoundedOutput(command.OutputLimit, command.OnOutputLine);
        var error = new BoundedOutput(command.OutputLimit, command.OnErrorLine);
        long started = Stopwatch.GetTimestamp();
        using var input = OpenInput(command);
        using var process = Start(command);
        command.OnStarted?.Invoke(process.Id);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (command.Timeout is { } timeout)
            stop.CancelAfter(timeout);
        using var closed = new CancellationTokenSource();
        Task feeding = FeedAsync(process, input, closed.Token);
        Task reading = Task.WhenAll(
            ReadAsync(process.StandardOutput.BaseStream, output, stop, closed.Token),
            ReadAsync(process.StandardError.BaseStream, error, stop, closed.Token));
        bool stopped = false;
        try
        {
            await process.WaitForExitAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            stopped = true;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }

        var wall = Stopwatch.GetElapsedTime(started);
        closed.CancelAfter(_lastOutput);
        await reading.ConfigureAwait(false);
        await feeding.ConfigureAwait(false);
        if (stopped)
            cancellationToken.ThrowIfCancellationRequested();
        return new CommandResult
        {
            ExitCode = process.ExitCode,
            TimedOut = stopped,
            Output = output.Text(),
            Error = error.Text(),
            OutputBytes = output.Total,
            ErrorBytes = error.Total,
            WallTime = wall,
            CpuTime = CpuTime(process),
        };
    }

    private static FileStream? OpenInput(ExternalCommand command)
    {
        try
        {
            if (command.InputFile is not { } path)
                return null;
            FileStream file = File.OpenRead(path);
            if (file.CanSeek)
                return file;
            file.Dispose();
            throw new IOException($"'{path}' is a pipe or a terminal, which can be read only once");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw CommandStartException.Input(command.Program, command.InputFile, refused);
        }
    }

    private static async Task FeedAsync(Process process, FileStream? input, CancellationToken closed)
    {
        try
        {
            if (input is not null)
                await input.CopyToAsync(process.StandardInput.BaseStream, closed).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            // It has ended without reading all of it.
        }
    }

    private static Process Start(ExternalCommand command)
    {
        if (command.WorkingDirectory is { } folder && !Directory.Exists(folder))
            throw new CommandStartException(command.Program, $"its working directory '{folder}' does not exist.");
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            WorkingDirectory = command.WorkingDirectory ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in command.BuildEnvironment())
            start.Environment[name] = value;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception refused)
        {
            throw new CommandStartException(command.Program, refused.Message, refused);
        }
    }

    private static async Task ReadAsync(Stream stream, BoundedOutput output, CancellationTokenSource stop, CancellationToken closed)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (await stream.ReadAsync(buffer, closed).ConfigureAwait(false) is > 0 and var count)
                output.Append(buffer.AsSpan(0, count));
        }
        catch (OperationCanceledException)
        {
            // A child of the program has the pipe open and lives on.
        }
        catch
        {
            // The caller's own code refused a line: the program ends, and the caller hears of it.
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }

        output.Complete();
    }

    private static TimeSpan CpuTime(Process process)
    {
        try
        {
            return process.TotalProcessorTime;
        }
        catch (Exception exception) when (exception is InvalidOperationException or NotSupportedException or Win32Exception)
        {
            return TimeSpan.Zero;
        }
    }
}
