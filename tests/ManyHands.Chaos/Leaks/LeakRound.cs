namespace ManyHands.Chaos.Leaks;

/// <summary>One round of work of every kind, and the loss of a worker where it is asked for; checks the results.</summary>
internal sealed class LeakRound(ProcessExecutor pool, Random random)
{
    /// <summary>Tasks of one round.</summary>
    public const int Tasks = 5000;

    private const int Burst = 1000;
    private const int Parcels = 100;
    private const int Large = 10;
    private const int Throwing = 50;
    private const int Cancelled = 10;
    private const int Numbers = Tasks - Burst - Parcels - Large - Throwing - Cancelled;

    public async Task Run(bool loseWorker)
    {
        await Task.WhenAll(Enumerable.Range(0, Burst).Select(Add));
        await Ordered(Numbers / 2);
        await Unordered(Numbers - (Numbers / 2));
        for (int i = 0; i < Large; i++)
            await Echo(random.Next(1 << 20));
        await Pass();
        await Task.WhenAll(Enumerable.Range(0, Throwing).Select(Throw));
        await Task.WhenAll(Enumerable.Range(0, Cancelled).Select(Cancel));
        if (loseWorker)
            await Lose();
    }

    private async Task Add(int number) => Require(await pool.RunAsync(LeakWork.AddOne, number) == number + 1);

    private async Task Ordered(int count)
    {
        int expected = 1;
        await foreach (int number in pool.MapAsync(Enumerable.Range(0, count), LeakWork.AddOne))
            Require(number == expected++);
        Require(expected == count + 1);
    }

    private async Task Unordered(int count)
    {
        long sum = 0;
        await foreach (int number in pool.MapUnorderedAsync(Enumerable.Range(0, count), LeakWork.AddOne))
            sum += number;
        Require(sum == (long)count * (count + 1) / 2);
    }

    private async Task Echo(int size)
    {
        byte[] bytes = new byte[size];
        random.NextBytes(bytes);
        Require((await pool.RunAsync(LeakWork.Echo, bytes)).AsSpan().SequenceEqual(bytes));
    }

    private async Task Pass()
    {
        var parcels = Enumerable.Range(0, Parcels).Select(number => new Parcel($"street {number}", number));
        await foreach (Parcel parcel in pool.MapUnorderedAsync(parcels, LeakWork.Pass))
            Require(parcel.Address == $"street {parcel.Stops - 1}");
    }

    private async Task Throw(int number)
    {
        try
        {
            await pool.RunAsync(LeakWork.Throw, number);
            Require(false);
        }
        catch (InvalidOperationException error)
        {
            Require(error.Message.StartsWith($"{number} ", StringComparison.Ordinal));
        }
    }

    private async Task Cancel(int number)
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(number % 3));
        try
        {
            await pool.RunAsync(LeakWork.WaitForEnd, number, cancellation.Token);
            Require(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task Lose()
    {
        try
        {
            await pool.RunAsync(LeakWork.Die, 0);
            Require(false);
        }
        catch (WorkerLostException)
        {
        }
    }

    private static void Require(bool holds)
    {
        if (!holds)
            throw new InvalidDataException("A task of the leak run gave a wrong result.");
    }
}
