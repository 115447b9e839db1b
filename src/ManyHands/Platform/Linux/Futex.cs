using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ManyHands.Platform.Linux;

/// <summary>Waiting on, and waking by, a 32-bit word of memory that two processes share.</summary>
internal static unsafe class Futex
{
    private const int WaitOperation = 0;
    private const int WakeOperation = 1;

    private static readonly nint _systemCall = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    /// <summary>Sleeps while the word is <paramref name="expected"/>, until it is woken. May return early, for no reason at all.</summary>
    /// <param name="word">In shared memory.</param>
    /// <param name="expected">Returns at once where the word is something else.</param>
    /// <param name="milliseconds">The longest time to sleep; −1 for no limit.</param>
    public static void Wait(ref int word, int expected, int milliseconds = -1)
    {
        long* time = stackalloc long[2];
        (time[0], time[1]) = (milliseconds / 1000, milliseconds % 1000 * 1_000_000L);
        _ = LibC.FutexCall(_systemCall, (int*)Unsafe.AsPointer(ref word), WaitOperation, expected, milliseconds < 0 ? null : time);
    }

    /// <summary>Wakes who sleeps on the word; nothing happens where nobody does.</summary>
    /// <param name="word">In shared memory.</param>
    /// <param name="count">The most that are woken.</param>
    public static void Wake(ref int word, int count = 1) =>
        _ = LibC.FutexCall(_systemCall, (int*)Unsafe.AsPointer(ref word), WakeOperation, count, null);
}
