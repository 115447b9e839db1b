using System.Diagnostics;
using ManyHands.Conformance;

namespace ManyHands.Processes.Tests;

/// <summary>The program ManyHands.Parent, running; killed with its test at the latest.</summary>
internal sealed class ParentProgram : IAsyncDisposable
{
    private readonly Process _process;

    private ParentProgram(Process process) => _process = process;

    public int Pid => _process.Id;

    /// <summary>Starts it, in a session of its own so that a signal to its group reaches only it.</summary>
    public static ParentProgram Start(string? folder, params string[] arguments)
    {
        string program = Path.Combine(folder ?? AppContext.BaseDirectory, "ManyHands.Parent.dll");
        var start = new ProcessStartInfo("setsid") { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (string argument in (string[])["dotnet", "exec", program, .. arguments])
            start.ArgumentList.Add(argument);
        return new ParentProgram(Process.Start(start)!);
    }

    public async Task<string> ReadLine() => await _process.StandardOutput.ReadLineAsync().Time() ?? throw new EndOfStreamException("The program ended.");

    public async Task<int[]> ReadPids() => [.. (await ReadLine()).Split(' ').Select(int.Parse)];

    public async Task<int> Ended()
    {
        await _process.WaitForExitAsync().Time();
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().Time();
        _process.Dispose();
    }
}
