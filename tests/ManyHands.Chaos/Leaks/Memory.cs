using System.Globalization;

namespace ManyHands.Chaos.Leaks;

/// <summary>The parent's memory after a full collection, in MiB.</summary>
internal readonly record struct Memory(double Managed, double Resident)
{
    public static Memory Now()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        long pages = long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture);
        return new Memory(GC.GetTotalMemory(forceFullCollection: true) / 1048576.0, pages * Environment.SystemPageSize / 1048576.0);
    }
}
