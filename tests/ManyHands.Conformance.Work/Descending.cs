using System.Diagnostics;

namespace ManyHands.Conformance.Work;

/// <summary>Work that leaves programs behind; each writes its process id to a file.</summary>
public static class Descending
{
    /// <summary>A child of a child that has ended, in the worker's own process group.</summary>
    public static void StartGrandchild(string file) => Shell($"(sh -c 'echo $$ > {file}.new; mv {file}.new {file}; exec sleep 300' &)");

    /// <summary>The same, in a session of its own.</summary>
    public static void StartDaemon(string file) => Shell($"(setsid sh -c 'echo $$ > {file}.new; mv {file}.new {file}; exec sleep 300' &)");

    // What it starts inherits the worker's output.
    private static void Shell(string script)
    {
        var start = new ProcessStartInfo("sh") { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(script);
        using Process shell = Process.Start(start)!;
        shell.WaitForExit();
    }
}
