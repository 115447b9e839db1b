namespace ManyHands.Completions;

/// <summary>A thread of the library's own for code of others that may block for long, such as the input of a map. One that has done waits a while for the next duty.</summary>
internal sealed class HelperThread
{
    private const string Name = "ManyHands helper";

    private static readonly TimeSpan _idleLimit = TimeSpan.FromSeconds(5);
    private static readonly object _gate = new();
    private static readonly List<HelperThread> _idle = [];

    private readonly object _own = new();
    private Action? _duty;

    private HelperThread(Action duty) => _duty = duty;

    /// <summary>Has a thread do something at once.</summary>
    /// <param name="duty">Does not throw.</param>
    /// <returns>False where the system has no thread.</returns>
    public static bool TryRun(Action duty)
    {
        using (Uninterrupted.Hold(_gate))
        {
            if (_idle is [.., { } last])
            {
                _idle.RemoveAt(_idle.Count - 1);
                last.Call(duty);
                return true;
            }
        }

        try
        {
            LibraryThread.StartLasting(Name, new HelperThread(duty).Run);
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    private void Run()
    {
        ExecutionContext clean = ExecutionContext.Capture()!;
        while (Next() is { } duty)
        {
            duty();
            ExecutionContext.Restore(clean);
            Thread.CurrentThread.IsBackground = true; // whatever the duty has made of it
            using (Uninterrupted.Hold(_gate))
                _idle.Add(this);
        }
    }

    private void Call(Action duty)
    {
        using (Uninterrupted.Hold(_own))
        {
            _duty = duty;
            Monitor.Pulse(_own);
        }
    }

    private Action? Next()
    {
        if (Wait() is { } duty)
            return duty;
        using (Uninterrupted.Hold(_gate))
        {
            if (_idle.Remove(this))
                return null;
        }

        return Wait(); // it was called just now
    }

    private Action? Wait()
    {
        using (Uninterrupted.Hold(_own))
        {
            if (_duty is null)
                Uninterrupted.Wait(_own, _idleLimit);
            Action? duty = _duty;
            _duty = null; // a thread that waits keeps nothing alive
            return duty;
        }
    }
}
