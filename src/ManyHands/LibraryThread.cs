using System.Diagnostics;

namespace ManyHands;

/// <summary>
/// Starts every thread of the library, and everything it does on the thread pool and by timers. An exception that left one of them would end the application, whatever
/// it was: so none leaves, and whoever starts something says what becomes of its duty when one comes.
/// </summary>
/// <remarks>What comes here is a fault of the library, or of what it runs in: it is told to the listeners of <see cref="Trace"/>.</remarks>
internal static class LibraryThread
{
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(1);

    /// <summary>Starts a thread, without the context of whoever comes first.</summary>
    /// <param name="name">For debuggers.</param>
    /// <param name="run">Its duty.</param>
    /// <param name="failed">Told of what it threw, on the thread: sees to it that nobody waits for what will not be done any more.</param>
    /// <param name="stack">Bytes of its stack; 0 for the usual one.</param>
    /// <exception cref="OutOfMemoryException">The system gives no thread.</exception>
    public static Thread Start(string name, Action run, Action<Exception> failed, int stack = 0)
    {
        var thread = new Thread(() => Guard(run, failed), stack) { IsBackground = true, Name = name };
        thread.UnsafeStart();
        return thread;
    }

    /// <summary>The same for a duty that has to go on: it is begun anew after whatever it threw, after a growing pause.</summary>
    /// <param name="name">For debuggers.</param>
    /// <param name="run">Its duty. What it keeps it keeps outside of the call, in a state in which it can be begun anew.</param>
    /// <param name="stack">Bytes of its stack; 0 for the usual one.</param>
    /// <exception cref="OutOfMemoryException">The system gives no thread.</exception>
    public static Thread StartLasting(string name, Action run, int stack = 0) => Start(name, () => RunLasting(run), static _ => { }, stack);

    /// <summary>Has the thread pool do something.</summary>
    /// <param name="run">What.</param>
    /// <param name="state">Its argument.</param>
    /// <param name="failed">Told of what it threw; null where nobody waits for it.</param>
    public static void Queue<TState>(Action<TState> run, TState state, Action<TState, Exception>? failed = null) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static queued =>
            {
                try
                {
                    queued.Run(queued.State);
                }
                catch (Exception error) // see the head of this file
                {
                    Report(error);
                    queued.Failed?.Invoke(queued.State, error);
                }
            },
            (Run: run, State: state, Failed: failed),
            preferLocal: false);

    /// <summary>Does something now and then, or once. See <see cref="System.Threading.Timer"/>.</summary>
    public static Timer Timer(Action run, TimeSpan first, TimeSpan period) => new(_ => Guard(run, static _ => { }), null, first, period);

    /// <summary>Does something, and lets nothing out.</summary>
    public static void Guard(Action run, Action<Exception> failed)
    {
        try
        {
            run();
        }
        catch (Exception error) // see the head of this file
        {
            Report(error);
            Guard(failed, error);
        }
    }

    /// <summary>Tells of an exception that should not have come.</summary>
    public static void Report(Exception error)
    {
        try
        {
            Trace.TraceError($"ManyHands, thread '{Thread.CurrentThread.Name}': {error}");
        }
        catch (Exception) // a listener's own, or no memory for the text: there is nobody else to tell
        {
            // What happened is over, and what it costs is said by whoever was told that it failed.
        }
    }

    private static void Guard(Action<Exception> failed, Exception error)
    {
        try
        {
            failed(error);
        }
        catch (Exception second) // the last resort must not end the application either
        {
            Report(second);
        }
    }

    private static void RunLasting(Action run)
    {
        var pause = TimeSpan.FromMilliseconds(1);
        object never = new();
        while (true)
        {
            try
            {
                run();
                return;
            }
            catch (Exception error) // see the head of this file
            {
                Report(error);
            }

            lock (never)
                Uninterrupted.Wait(never, pause); // nobody wakes it
            pause = pause * 2 < _longestPause ? pause * 2 : _longestPause;
        }
    }
}
