using System.Runtime.CompilerServices;

namespace ManyHands.Conformance.Work;

/// <summary>Work that ends its process at a moment of the test's choosing, or leaves something behind that does.</summary>
public static class DyingLater
{
    private static WeakReference? _watched;

    /// <summary>Faults when the gate opens.</summary>
    public static int CrashAfter(Gate gate)
    {
        gate.Pass();
        Crashing.Fault(0);
        return 0;
    }

    /// <summary>Goes wrong when the gate opens, and does not listen to its token.</summary>
    public static int GoOffAfter((Gate Gate, Way Way) order, CancellationToken cancellationToken)
    {
        _ = cancellationToken;
        order.Gate.Pass(CancellationToken.None);
        Bomb.GoOff(order.Way);
        return 0;
    }

    /// <summary>Returns the process id, and leaves an object whose finalizer ends the process once the gate opens.</summary>
    public static int LeaveFinalizable((Gate Gate, Way Way) order)
    {
        new Thread(() =>
        {
            order.Gate.Pass();
            Forget(order.Way);
            while (true)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        })
        { IsBackground = true }.Start();
        return Environment.ProcessId;
    }

    /// <summary>Remembers the argument weakly.</summary>
    public static int Watch(Thing thing)
    {
        _watched = new WeakReference(thing);
        return thing.Number;
    }

    /// <summary>The argument of <see cref="Watch"/> is gone.</summary>
    public static bool IsCollected(int ignored)
    {
        GC.Collect();
        return _watched is { IsAlive: false };
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Forget(Way way) => _ = new Finalizable(way);

    private sealed class Finalizable(Way way)
    {
        ~Finalizable() => Bomb.GoOff(way);
    }
}
