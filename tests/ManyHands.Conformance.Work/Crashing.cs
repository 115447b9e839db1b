using System.Diagnostics;
using System.Runtime.InteropServices;
using ManyHands.Platform.Linux;
using ManyHands.Transports;

namespace ManyHands.Conformance.Work;

/// <summary>Every way in which work can end its process.</summary>
public static class Crashing
{
    private static readonly ManualResetEvent _never = new(initialState: false);

    public static void Kill(int ignored) => Send(9);

    public static void Abort(int ignored) => abort();

    /// <summary>A real fault: a signal that is only sent does nothing to a .NET process.</summary>
    public static unsafe void Fault(int ignored) => memset((void*)0x10, 1, 1);

    public static unsafe void ManagedFault(int ignored) => *(int*)0x123456780 = 1;

    public static void FailFast(string message) => Environment.FailFast(message);

    public static int Overflow(int depth) => Overflow(depth + 1) + Overflow(depth + 2);

    public static void OverflowElsewhere(int depth) => OnAnotherThread(() => Overflow(depth));

    public static void Unhandled(string message) => OnAnotherThread(() => throw new InvalidOperationException(message));

    public static void FailFastElsewhere(string message) => OnAnotherThread(() => Environment.FailFast(message));

#pragma warning disable RS0030 // That is the point.
    public static void Exit(int code) => Environment.Exit(code);
#pragma warning restore RS0030

    public static void ExitNow(int code) => _exit(code);

    public static void PrintThenExit((string Line, int Code) last)
    {
        Console.Error.WriteLine(last.Line);
        _exit(last.Code);
    }

    public static int ThrowAsyncVoid(int ignored)
    {
        AsyncVoid();
        _never.WaitOne();
        return ignored;

        static async void AsyncVoid()
        {
            await Task.Yield();
            throw new InvalidOperationException("async void");
        }
    }

    /// <summary>Ends its process with a signal on the first runs, counted in a file; then succeeds.</summary>
    public static int KillUntil((string File, int Runs) until)
    {
        File.AppendAllText(until.File, "x");
        int runs = (int)new FileInfo(until.File).Length;
        if (runs < until.Runs)
            Send(9);
        return runs;
    }

    /// <summary>Writes bytes into the memory of the worker's own lane, where only the library may write; then dies or waits for its end.</summary>
    public static int WriteToTransport((byte[] Bytes, bool Die) garbage)
    {
        const int memoryDescriptor = 4, duplicate = 1030;
        using LaneMemory memory = LaneMemory.Open(new FileDescriptor(LibC.Fcntl(memoryDescriptor, duplicate, 0)), lanes: 1);
        memory.WorkerEnd(0).Send(garbage.Bytes);
        if (garbage.Die)
            _exit(0);
        _never.WaitOne();
        return garbage.Bytes.Length;
    }

    public static int Print(string text)
    {
        Console.Out.Write(text);
        Console.Out.Flush();
        return text.Length;
    }

    public static int PrintLines((int Count, bool Error) lines)
    {
        for (int i = 0; i < lines.Count; i++)
            (lines.Error ? Console.Error : Console.Out).WriteLine($"line {i}");
        return lines.Count;
    }

    /// <summary>Starts a program that lives on and keeps whatever it inherited; gives its process id.</summary>
    public static int StartSleeper(int seconds)
    {
        using Process sleeper = Process.Start("sleep", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return sleeper.Id;
    }

    /// <summary>What a program that a task starts has inherited.</summary>
    public static string[] DescriptorsOfChild(int ignored)
    {
        using Process sleeper = Process.Start("sleep", "60");
        string[] targets = [.. Directory.GetFiles($"/proc/{sleeper.Id}/fd").Select(link => $"{Path.GetFileName(link)} {new FileInfo(link).LinkTarget}")];
        sleeper.Kill();
        sleeper.WaitForExit();
        return targets;
    }

    public static int SessionId(int ignored) => getsid(0);

    private static void Send(int signal)
    {
        _ = kill(Environment.ProcessId, signal);
        _never.WaitOne();
    }

    private static void OnAnotherThread(Action work)
    {
        new Thread(() => work()).Start();
        _never.WaitOne();
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);

    [DllImport("libc")]
    private static extern void abort();

    [DllImport("libc")]
    private static extern unsafe void* memset(void* target, int value, nint count);

    [DllImport("libc")]
    private static extern void _exit(int code);

    [DllImport("libc")]
    private static extern int getsid(int pid);
}
