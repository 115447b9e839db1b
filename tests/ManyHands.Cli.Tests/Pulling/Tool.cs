using System.Diagnostics;
using System.Text;

namespace ManyHands.Cli.Tests.Pulling;

/// <summary>The built tool as a user starts it, with nothing of this machine's settings.</summary>
internal sealed class Tool : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(25);

    private readonly Process _process;
    private readonly StringBuilder _written = new();
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private Tool(Process process)
    {
        _process = process;
        _output = ReadAsync(process.StandardOutput);
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where the tool lies.</summary>
    public static string Path { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "hands");

    public int Id => _process.Id;

    public StreamWriter Input => _process.StandardInput;

    /// <summary>Starts the tool, or another program, in a folder.</summary>
    public static Tool Start(string folder, IReadOnlyDictionary<string, string?> environment, IEnumerable<string> arguments, string? program = null)
    {
        // A test run in the background ignores some signals, and its children inherit that.
        var start = new ProcessStartInfo("env", ["--default-signal=INT,HUP", program ?? Path, .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new Tool(Process.Start(start)!);
    }

    /// <summary>Waits for the end.</summary>
    public async Task<ToolResult> EndAsync(TimeSpan? within = null)
    {
        using var limit = new CancellationTokenSource(within ?? Limit);
        await _process.WaitForExitAsync(limit.Token);
        return new ToolResult(_process.ExitCode, await _output.WaitAsync(limit.Token), await _error.WaitAsync(limit.Token));
    }

    /// <summary>Waits until the tool has written something.</summary>
    public Task Says(string text) => Processes.Until(
        () =>
        {
            lock (_written)
                return _written.ToString().Contains(text, StringComparison.Ordinal);
        },
        $"the tool does not say '{text}'");

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, $"{Id}"]);
        kill.WaitForExit();
    }

    public ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> ReadAsync(StreamReader reader)
    {
        char[] buffer = new char[4096];
        while (await reader.ReadAsync(buffer) is > 0 and var count)
        {
            lock (_written)
                _written.Append(buffer, 0, count);
        }

        return _written.ToString();
    }
}

/// <summary>What the tool said.</summary>
internal sealed record ToolResult(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of the output, split at tabs, by the repository's name.</summary>
    public IReadOnlyDictionary<string, string[]> Rows { get; } =
        Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains('\t', StringComparison.Ordinal))
            .Select(line => line.Split('\t')).ToDictionary(fields => fields[0]);

    /// <summary>The state that the output gives a repository.</summary>
    public string? StateOf(string name) => Rows.TryGetValue(name, out string[]? fields) ? fields[1] : null;
}
