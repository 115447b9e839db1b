namespace ManyHands.Advisor.Tests;

/// <summary>Methods to measure, by name.</summary>
internal static class Work
{
    public static int Changeable = 2;

    public static readonly int Fixed = 1;

    public static string Full(string member) => $"{typeof(Work).FullName}.{member}";

    public static double Compute(long steps)
    {
        double sum = 0;
        for (long i = 0; i < steps; i++)
            sum += Math.Sqrt(i);
        return sum;
    }

    public static void Wait(int milliseconds) => WaitAsync(milliseconds).Wait();

    public static Task WaitAsync(int milliseconds) => Task.Delay(milliseconds);

    public static byte[] Garbage(int mebibytes)
    {
        byte[] last = [];
        for (int i = 0; i < mebibytes / 16; i++)
        {
            last = new byte[16 << 20];
            last.AsSpan().Fill(1); // touched, so that it is really there
        }

        return last;
    }

    public static void Crash(int value) => Environment.FailFast($"no ink {value}");

    public static int CrashOnce(string mark)
    {
        if (File.Exists(mark))
            return 1;
        File.WriteAllText(mark, "");
        Environment.FailFast("no ink");
        return 0;
    }

    public static void Throw(string message) => throw new InvalidOperationException(message);

    public static int Json(Ink ink) => ink.Name == "ink" && ink.Size == 3 ? 1 : throw new InvalidOperationException($"{ink}");

    public static int Day(DayOfWeek day) => (int)day;

    public static int Id(Guid id) => id == Guid.Empty ? throw new InvalidOperationException() : 1;

    public static IEnumerable<int> Sequence(int count)
    {
        yield return count;
    }

    public static async ValueTask<int> Value(int milliseconds)
    {
        await Task.Delay(milliseconds);
        return milliseconds;
    }

    public static int Reference(ref int value) => value;

    public static int Two(int first, int second) => first + second;
}

/// <summary>An argument that is written as JSON.</summary>
internal sealed record Ink(string Name, int Size);
