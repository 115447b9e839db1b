namespace ManyHands.Rivals.Ours;

/// <summary>100 MB there and back: a task that returns the array it got.</summary>
internal static class Arrays
{
    public static async Task RunAsync()
    {
        await using var pool = new ProcessExecutor(workers: 1);
        double[] array = new double[Measure.Scaled(12_500_000)];
        array.AsSpan().Fill(1.5);
        async Task ThereAndBack()
        {
            double[] result = await pool.RunAsync(Work.Same, array);
            if (result[^1] != array[^1])
                throw new InvalidOperationException("The array came back changed.");
        }

        for (int i = 0; i < 3; i++)
            await ThereAndBack();
        Measure.Report("arrays", await Measure.MedianAsync(7, ThereAndBack) * 1e3);
    }
}
