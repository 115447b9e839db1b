using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ManyHands.Conformance.Work;

/// <summary>A way to end a process.</summary>
public enum Death
{
    Kill,
    NativeFault,
    ManagedFault,
    Abort,
    FailFast,
    FailFastWithException,
    Unhandled,
    AsyncVoid,
    Recursion,
    BigFrames,
    RecursionThroughNativeCode,
    ExitNow,
    Exit,
}

/// <summary>The thread on which it happens.</summary>
public enum DeathThread
{
    /// <summary>The one that runs the task.</summary>
    OfTheTask,

    /// <summary>One that the task has started.</summary>
    Own,

    /// <summary>One of the thread pool.</summary>
    OfThePool,

    /// <summary>The one that runs finalizers.</summary>
    OfFinalizers,
}

/// <summary>Work that ends its process: each way, on each kind of thread.</summary>
public static class Dying
{
    private static readonly ManualResetEvent _never = new(initialState: false);

    /// <summary>Ends its process; returns only where the way to die needs a moment, never before the process is gone.</summary>
    public static int Die((Death Way, DeathThread Thread, string Text) death)
    {
        switch (death.Thread)
        {
            case DeathThread.OfTheTask:
                Die(death.Way, death.Text);
                break;
            case DeathThread.Own:
                new Thread(() => Die(death.Way, death.Text)).Start();
                break;
            case DeathThread.OfThePool:
                ThreadPool.QueueUserWorkItem(_ => Die(death.Way, death.Text));
                break;
            case DeathThread.OfFinalizers:
                Drop(() => Die(death.Way, death.Text));
                GC.Collect();
                break;
        }

        _never.WaitOne();
        return 0;
    }

    /// <summary>Ends its process with a signal when the process has been asked to end, and so ends in a way of its own.</summary>
    public static int KillOnExit(int ignored)
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Crashing.Kill(0);
        return Environment.ProcessId + (ignored * 0);
    }

    /// <summary>Ends another process, and gives its id.</summary>
    public static int KillOther(int pid)
    {
        using var process = Process.GetProcessById(pid);
        process.Kill();
        return pid;
    }

    /// <summary>Gives that many bytes, and ends its process with an exit code after so many microseconds, while they are on their way.</summary>
    public static byte[] GiveThenExit((int Bytes, int Microseconds) result)
    {
        byte[] bytes = new byte[result.Bytes];
        Array.Fill(bytes, (byte)result.Microseconds);
        long end = Stopwatch.GetTimestamp() + (result.Microseconds * Stopwatch.Frequency / 1_000_000);
        new Thread(() =>
        {
            while (Stopwatch.GetTimestamp() < end)
                Thread.Yield();
            Crashing.ExitNow(7);
        }).Start();
        return bytes;
    }

    /// <summary>Gives its result, and ends its process so many milliseconds later, whatever runs there by then.</summary>
    public static int DieSoon(int milliseconds)
    {
        new Thread(() =>
        {
            _never.WaitOne(milliseconds);
            Crashing.Kill(0);
        }).Start();
        return milliseconds;
    }

    private static void Die(Death way, string text)
    {
        switch (way)
        {
            case Death.Kill:
                Crashing.Kill(0);
                break;
            case Death.NativeFault:
                Crashing.Fault(0);
                break;
            case Death.ManagedFault:
                Crashing.ManagedFault(0);
                break;
            case Death.Abort:
                Crashing.Abort(0);
                break;
            case Death.FailFast:
                Environment.FailFast(text);
                break;
            case Death.FailFastWithException:
                Environment.FailFast(text, new InvalidOperationException("the cause"));
                break;
            case Death.Unhandled:
                throw new InvalidOperationException(text);
            case Death.AsyncVoid:
                ThrowLater(text);
                break;
            case Death.Recursion:
                _ = Recur(0);
                break;
            case Death.BigFrames:
                _ = RecurWithBigFrames(0);
                break;
            case Death.RecursionThroughNativeCode:
                RecurThroughNativeCode();
                break;
            case Death.ExitNow:
                Crashing.ExitNow(0);
                break;
            case Death.Exit:
                Crashing.Exit(0);
                break;
        }
    }

    private static async void ThrowLater(string text)
    {
        await Task.Yield();
        throw new InvalidOperationException(text);
    }

    private static int Recur(int depth) => Recur(depth + 1) + Recur(depth + 2);

    // Frames that are larger than the guard page at the end of the stack.
    [SkipLocalsInit]
    private static unsafe int RecurWithBigFrames(int depth)
    {
        byte* frame = stackalloc byte[100_000];
        frame[depth % 100_000] = 1;
        return RecurWithBigFrames(depth + 1) + frame[0];
    }

    private static unsafe void RecurThroughNativeCode()
    {
        int* pair = stackalloc int[2];
        qsort(pair, 2, sizeof(int), &Compare);
    }

    [UnmanagedCallersOnly]
    private static unsafe int Compare(int* left, int* right)
    {
        RecurThroughNativeCode();
        return *left - *right;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drop(Action last) => _ = new Dropped(last);

    private sealed class Dropped(Action last)
    {
        ~Dropped() => last();
    }

    [DllImport("libc")]
    private static extern unsafe void qsort(void* items, nint count, nint size, delegate* unmanaged<int*, int*, int> compare);
}
