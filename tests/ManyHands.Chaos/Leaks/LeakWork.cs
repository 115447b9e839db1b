using System.Runtime.InteropServices;

namespace ManyHands.Chaos.Leaks;

/// <summary>What the tasks of the leak run do.</summary>
internal static class LeakWork
{
    public static int AddOne(int number) => number + 1;

    public static byte[] Echo(byte[] bytes) => bytes;

    /// <summary>Travels as JSON, unlike the others.</summary>
    public static Parcel Pass(Parcel parcel) => parcel with { Stops = parcel.Stops + 1 };

    public static int Throw(int number) => throw new InvalidOperationException($"{number} was to throw.");

    public static int WaitForEnd(int number, CancellationToken cancellation)
    {
        cancellation.WaitHandle.WaitOne();
        cancellation.ThrowIfCancellationRequested();
        return number;
    }

    public static int Die(int number)
    {
        _ = kill(Environment.ProcessId, 9);
        return number;
    }

    [DllImport("libc")]
    private static extern int kill(int pid, int signal);
}

/// <summary>Something that is not raw bytes.</summary>
internal sealed record Parcel(string Address, int Stops);
