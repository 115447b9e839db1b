using System.Diagnostics;
using System.Globalization;
using ManyHands.Platform;
using ManyHands.Transports;

namespace ManyHands.Processes;

/// <summary>
/// A worker on systems where no descriptors can be handed on: System.Diagnostics.Process, and a socket in a private folder or a named pipe.
/// </summary>
/// <remarks>
/// Costs against Linux's own way: no session of its own, signals known only from exit codes above 128, and no items lying ready in a lane,
/// since without shared memory they could not be taken back.
/// </remarks>
internal sealed class PortableWorkerProcess : WorkerProcess
{
    private readonly Process _process;
    private readonly StreamProgress _output = new();
    private readonly StreamProgress _errors = new();
    private Timer? _ending;

    private PortableWorkerProcess(Process process, WorkerEndpoint endpoint) : base(process.Id, endpoint) => _process = process;

    /// <summary>Starts a worker. Only on <see cref="SpawnerThread"/>: the parent-death signal, where there is one, follows the thread.</summary>
    public static PortableWorkerProcess Start(WorkerLaunch launch, int lanes, IReadOnlyDictionary<string, string> environment, StartFolder? folder = null)
    {
        using var listener = NamedListener.Open(1 + lanes);
        var start = new ProcessStartInfo(launch.Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder?.Path ?? "",
        };
        foreach (string argument in (string[])[.. launch.Arguments, .. WorkerEndpoint.NamedArguments(listener.Name, lanes)])
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        Process process = Process.Start(start) ?? throw new WorkerStartException($"'{launch.Program}' started no process.");
        process.StandardInput.Close();
        try
        {
            Connection control = Accept();
            return new PortableWorkerProcess(
                process, new WorkerEndpoint(control, [.. Enumerable.Range(0, lanes).Select(_ => Accept())], memory: null));
        }
        catch
        {
            process.Kill();
            Dispose(process);
            throw;
        }

        Connection Accept() => listener.Accept(() => !process.HasExited) ?? throw new WorkerStartException(
            $"The worker process ({launch.Description}) ended with exit code {process.ExitCode} before it connected. It wrote: {process.StandardError.ReadToEnd().Trim()}");
    }

    public override void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    public override ProcessEnd Wait()
    {
        const int signalBase = 128;
        _process.WaitForExit();
        int code = _process.ExitCode;
        return !CurrentPlatform.IsWindows && code is > signalBase and < signalBase + 65 ? new(null, code - signalBase) : new(code, null);
    }

    public override void ReadOutput(LineSplitter output, LineSplitter errors)
    {
        Exception? failure = null;
        string name = string.Create(CultureInfo.InvariantCulture, $"ManyHands process {Pid} errors");
        Thread second = LibraryThread.Start(name, () => Read(_process.StandardError.BaseStream, errors, _errors), error => failure = error);
        Read(_process.StandardOutput.BaseStream, output, _output);
        second.Join();
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);

        void Read(Stream stream, LineSplitter lines, StreamProgress progress)
        {
            progress.Lines = lines;
            byte[] buffer = new byte[16 * 1024];
            try
            {
                while (stream.Read(buffer) is > 0 and int read)
                {
                    lock (progress)
                    {
                        lines.Add(buffer.AsSpan(0, read));
                        progress.Bytes += read;
                    }

                    OutputWaits.Changed();
                }
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
            {
                // Closed by us: the process is gone, and a grandchild keeps the stream open.
            }

            lock (progress)
                lines.End();
        }
    }

    /// <inheritdoc/>
    public override void CatchUp(long outputBytes, long errorBytes)
    {
        if (OutputWaits.Until(() => Interlocked.Read(ref _output.Bytes) >= outputBytes && Interlocked.Read(ref _errors.Bytes) >= errorBytes))
        {
            _output.Flush();
            _errors.Flush();
        }
    }

    public override void EndOutput()
    {
        // A pipe gives no way to see that a dead process has written all; what it wrote last is there within a moment.
        if (_process.StandardOutput.BaseStream is { } output && _process.StandardError.BaseStream is { } errors)
        {
            _ending = LibraryThread.Timer(
                () =>
                {
                    output.Dispose();
                    errors.Dispose();
                },
                TimeSpan.FromMilliseconds(100),
                Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>How far one of its streams has been handed on. Its lock is held while that is done.</summary>
    private sealed class StreamProgress
    {
        public long Bytes;

        public LineSplitter? Lines { get; set; }

        public void Flush()
        {
            if (!Monitor.TryEnter(this, OutputWaits.Patience))
                return; // the console or the observer takes nothing
            Lines?.Flush();
            Monitor.Exit(this);
        }
    }

    public override void Dispose()
    {
        _ending?.Dispose();
        Endpoint.Dispose();
        Dispose(_process);
    }

    // A process closes no stream that was asked for, and would leave them to the garbage collector.
    private static void Dispose(Process process)
    {
        process.StandardOutput.Dispose();
        process.StandardError.Dispose();
        process.Dispose();
    }
}
