namespace ManyHands.Rivals.Ours;

/// <summary>What the workers run.</summary>
internal static class Work
{
    public static int AddOne(int number) => number + 1;

    public static double[] Same(double[] array) => array;

    public static int Process(int ignored) => Environment.ProcessId;

    /// <summary>Ends when two workers are in the folder at once; gives the process id.</summary>
    public static int Meet(string folder)
    {
        File.WriteAllBytes(Path.Combine(folder, Environment.ProcessId.ToString()), []);
        while (Directory.GetFiles(folder).Length < 2)
            Thread.Sleep(1);
        return Environment.ProcessId;
    }

    /// <summary>Makes 200 MB of small garbage of which about 1 MB is alive at a time.</summary>
    public static int Litter(string folder)
    {
        var kept = new byte[1000][];
        for (int i = 0; i < 200_000; i++)
            kept[i % kept.Length] = new byte[1000];
        GC.KeepAlive(kept);
        return Meet(folder);
    }

    public static double SumOfSquares(int count)
    {
        double sum = 0, number = 0;
        for (int i = 0; i < count; i++)
        {
            number = Math.Sqrt(number + i);
            sum += number * number;
        }

        return sum;
    }
}
