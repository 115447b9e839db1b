using ManyHands.Cli.Rendering;
using Microsoft.Win32.SafeHandles;

namespace ManyHands.Cli.Commands;

/// <summary>
/// What each run of a measured command reads as its standard input: the file that was named, or what this program's own standard input is. A pipe can be read
/// only once, so what comes out of it is kept in a file.
/// </summary>
internal sealed class CommandInput : IDisposable
{
    private const string OwnInput = "/proc/self/fd/0";
    private const long Most = 1L << 30;

    // Long enough for a program that is started at the same time; a pipe that nothing is ever written to must not hold up anything.
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(300);

    private string? _kept;
    private Task<int>? _waiting;

    private CommandInput()
    {
    }

    /// <summary>The file; null if the input is empty.</summary>
    public string? File { get; private set; }

    /// <summary>What it is called in a line that does the same; null if the input is empty.</summary>
    public string? Name { get; private set; }

    /// <summary>Something has come since, which no run has been given.</summary>
    public bool CameTooLate => _waiting is { IsCompletedSuccessfully: true, Result: > 0 };

    /// <summary>Finds it.</summary>
    /// <param name="named">The file that was named; "-" is this program's own input, to its end. Null if none was.</param>
    /// <param name="limit">The most that reading a pipe may take.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UsageException">There is no such file, or it cannot be read.</exception>
    /// <exception cref="TimeoutException">The pipe did not begin or end, or brought too much.</exception>
    public static async Task<CommandInput> FindAsync(string? named, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (named is not (null or "-"))
            return await NamedAsync(named, limit, cancellationToken).ConfigureAwait(false);
        var input = new CommandInput();
        if (!Console.IsInputRedirected || (OutputDescriptor.IsAvailable && (!System.IO.File.Exists(OwnInput) || OutputDescriptor.WasClosed(0))))
            return input;
        if (LengthOf(new SafeFileHandle(0, ownsHandle: false)) is { } length)
        {
            (input.File, input.Name) = length > 0 ? (OwnInput, System.IO.File.ResolveLinkTarget(OwnInput, returnFinalTarget: false)?.FullName) : (null, null);
            return input;
        }

        return await KeptAsync(Console.OpenStandardInput(), "Standard input", named is null ? _patience : null, limit, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (_kept is not null)
            System.IO.File.Delete(_kept);
    }

    private static async Task<CommandInput> NamedAsync(string named, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (!System.IO.File.Exists(named))
            throw new UsageException($"hands advise: there is no file '{named}' for --input.");
        SafeFileHandle file;
        try
        {
            // A named pipe does not open before something opens it for writing.
            file = await OnThread(() => System.IO.File.OpenHandle(named)).WaitAsync(limit, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"Nothing opened the pipe '{named}' for writing within {limit.TotalSeconds:0.#} s.", late);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"hands advise: --input '{named}' cannot be read: {refused.Message}");
        }

        if (LengthOf(file) is null)
            return await KeptAsync(new FileStream(file, FileAccess.Read, bufferSize: 1), $"'{named}'", null, limit, cancellationToken).ConfigureAwait(false);
        file.Dispose();
        return new CommandInput { File = Path.GetFullPath(named), Name = named };
    }

    private static async Task<CommandInput> KeptAsync(Stream pipe, string what, TimeSpan? patience, TimeSpan limit, CancellationToken cancellationToken)
    {
        var input = new CommandInput();
        try
        {
            await input.KeepAsync(pipe, what, patience, limit, cancellationToken).ConfigureAwait(false);
            return input;
        }
        catch
        {
            input.Dispose();
            throw;
        }
    }

    // Null of a pipe. Devices have none.
    private static long? LengthOf(SafeFileHandle file)
    {
        try
        {
            return RandomAccess.GetLength(file);
        }
        catch (Exception pipe) when (pipe is NotSupportedException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task KeepAsync(Stream pipe, string what, TimeSpan? patience, TimeSpan limit, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 16];
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(limit);

        // Such a read cannot be taken back, so it has a thread of its own.
        Task<int> first = Read();
        if (await Task.WhenAny(first, Task.Delay(patience ?? limit, cancellationToken)).ConfigureAwait(false) != first)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (patience is null) // it was asked for, so it is not simply empty
                throw new TimeoutException($"Nothing came from {what} within {limit.TotalSeconds:0.#} s.");
            _waiting = first;
            return;
        }

        long kept = 0;
        FileStream? file = null;
        try
        {
            for (int count = await first.ConfigureAwait(false); count > 0; count = await Read().WaitAsync(late.Token).ConfigureAwait(false))
            {
                file ??= System.IO.File.Create(_kept = Path.GetTempFileName());
                kept += count;
                if (kept > Most)
                    throw new TimeoutException($"{what} has more than {Most >> 20} MiB. Give each run a smaller one with --input FILE.");
                await file.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                $"{what} did not end within {limit.TotalSeconds:0.#} s, so it cannot be given to each run. Write it to a file, and name that with --input.");
        }
        finally
        {
            if (file is not null)
                await file.DisposeAsync().ConfigureAwait(false);
        }

        (File, Name) = (_kept, _kept is null ? null : "input.txt");

        Task<int> Read() => OnThread(() => pipe.Read(buffer));
    }

    private static Task<T> OnThread<T>(Func<T> blocks) =>
        Task.Factory.StartNew(blocks, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
