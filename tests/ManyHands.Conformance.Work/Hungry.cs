using System.Runtime.InteropServices;

namespace ManyHands.Conformance.Work;

/// <summary>Work that takes memory which the runtime knows nothing of.</summary>
public static class Hungry
{
    /// <summary>Takes that many MiB, one after the other, and writes to each, so that the system has to find them.</summary>
    public static unsafe int TakeNatively(int mebibytes)
    {
        for (int taken = 0; taken < mebibytes; taken++)
            NativeMemory.Fill(NativeMemory.Alloc(1 << 20), 1 << 20, 1);
        return mebibytes;
    }
}
