using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ManyHands.Lab.Experiments;

/// <summary>Computing for a given time, in steps that are counted once, where tasks are made: however busy the machine gets, all do the same work.</summary>
internal static class Steps
{
    private static readonly Lazy<double> _perMillisecond = new(Measure);

    /// <summary>The steps that an idle core takes this long for.</summary>
    public static long In(double milliseconds) => (long)(milliseconds * _perMillisecond.Value);

    /// <summary>Computes so many steps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Run(long steps)
    {
        double sum = 0;
        for (long i = 0; i < steps; i++)
            sum += Math.Sqrt(i);
        return sum;
    }

    // The best of several: what was disturbed counts too few steps.
    private static double Measure()
    {
        const long Sample = 500_000;
        double best = 0;
        for (int i = 0; i < 10; i++)
        {
            long started = Stopwatch.GetTimestamp();
            Run(Sample);
            best = Math.Max(best, Sample / Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return best;
    }
}

/// <summary>Waiting on a thread, which it holds.</summary>
internal static class Pause
{
    /// <summary>Holds this thread for so many milliseconds.</summary>
    public static void For(int milliseconds)
    {
        using var never = new ManualResetEventSlim(); // that nobody sets: holding the thread is what this work is about
        never.WaitHandle.WaitOne(milliseconds);
    }
}
