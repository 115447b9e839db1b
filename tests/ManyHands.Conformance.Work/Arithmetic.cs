namespace ManyHands.Conformance.Work;

/// <summary>Work that computes and returns.</summary>
public static class Arithmetic
{
    public static int AddOne(int number) => number + 1;

    public static long Square(int number) => (long)number * number;

    public static int Echo(int number) => number;

    public static string EchoText(string? text) => text ?? "null";

    public static byte[] Zeros(int count) => new byte[count];

    public static byte[] EchoBytes(byte[] bytes) => bytes;

    public static T EchoAny<T>(T value) => value;

    public static int Divide((int Dividend, int Divisor) numbers) => numbers.Dividend / numbers.Divisor;

    public static void Nothing(int number) => _ = number;

    public static int WithToken(int number, CancellationToken cancellationToken) => cancellationToken.CanBeCanceled ? number : -1;

    public static void NothingWithToken(int number, CancellationToken cancellationToken) => cancellationToken.ThrowIfCancellationRequested();

    public static async Task<int> Async(int number)
    {
        await Task.Yield();
        return number + 1;
    }

    public static async Task<int> AsyncWithToken(int number, CancellationToken cancellationToken)
    {
        await Task.Delay(1, cancellationToken);
        return number + 1;
    }

    public static Task AsyncNothing(int number) => Task.Delay(1 + (number & 1));

    public static Task AsyncNothingWithToken(int number, CancellationToken cancellationToken) => Task.Delay(1 + (number & 1), cancellationToken);

    public static ValueTask<int> Unwanted(int number) => ValueTask.FromResult(number);

    public static string Culture(double number) => number.ToString("N2", System.Globalization.CultureInfo.CurrentCulture);

    public static int ProcessId(int ignored) => Environment.ProcessId + (ignored * 0);

    public static string? Variable(string name) => Environment.GetEnvironmentVariable(name);

    /// <summary>Busy for about this many steps; nothing a compiler can leave out.</summary>
    public static double Heat(int steps)
    {
        double sum = 0;
        for (int i = 0; i < steps; i++)
            sum += Math.Sqrt(i);
        return sum;
    }

    /// <summary>A static that each worker has for itself.</summary>
    public static int Counter { get; private set; }

    public static void SetCounter(int value) => Counter = value;

    public static int ReadCounter(int ignored) => Counter + (ignored * 0);
}
