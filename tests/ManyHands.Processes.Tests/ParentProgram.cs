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
    /// <param name="folder">Where it lies, or null for where the build has put it.</param>
    /// <param name="arguments">What it is to do.</param>
    public static ParentProgram Start(string? folder, params string[] arguments) => StartBy([.. OwnSession, "dotnet"], folder, [], arguments);

    /// <summary>
    /// Puts a program into a session of its own, where it hears Ctrl-C even if the tests do not: whoever runs them in the background has it
    /// ignored, and that is inherited.
    /// </summary>
    public static string[] OwnSession => ["env", "--default-signal=INT", "setsid"];

    /// <summary>Starts it by other means.</summary>
    /// <param name="host">The command that runs it; the rest of the command line, from <c>exec</c> on, follows.</param>
    /// <param name="folder">Where it lies, or null for where the build has put it.</param>
    /// <param name="variables">What its environment has beside this process's own.</param>
    /// <param name="arguments">What it is to do.</param>
    public static ParentProgram StartBy(string[] host, string? folder, Dictionary<string, string> variables, params string[] arguments)
    {
        string program = Path.Combine(folder ?? AppContext.BaseDirectory, "ManyHands.Parent.dll");
        var start = new ProcessStartInfo(host[0]) { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        foreach (string argument in (string[])[.. host[1..], "exec", program, .. arguments])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        return new ParentProgram(Process.Start(start)!);
    }

    /// <summary>Copies it with all that it needs, so that a test can take something away or replace it.</summary>
    public static void CopyTo(string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string source in Directory.GetFiles(AppContext.BaseDirectory, "ManyHands*"))
            File.Copy(source, Path.Combine(folder, Path.GetFileName(source)));
    }

    public async Task<string> ReadLine() => await _process.StandardOutput.ReadLineAsync().Time() ?? throw new EndOfStreamException("The program ended.");

    /// <summary>All that it prints until it ends, by lines.</summary>
    public async Task<string[]> ReadToEnd() => (await _process.StandardOutput.ReadToEndAsync().Time()).Split('\n');

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
