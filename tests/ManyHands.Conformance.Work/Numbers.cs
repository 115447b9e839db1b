namespace ManyHands.Conformance.Work;

/// <summary>An object of its own, where work has to give or take one.</summary>
public sealed record Thing(int Number);

/// <summary>Work on numbers and on objects that hold one.</summary>
public static class Numbers
{
    public static long Power((int Base, int Exponent) power)
    {
        long product = 1;
        for (int i = 0; i < power.Exponent; i++)
            product *= power.Base;
        return product;
    }

    public static int Divide((int Dividend, int Divisor) numbers) => numbers.Dividend / numbers.Divisor;

    public static double SquareRoot(int number) => Math.Sqrt(number);

    public static int Absolute(int number) => Math.Abs(number);

    public static Thing Make(int number) => new(number);

    public static int Read(Thing thing) => thing.Number;

    public static (string Name, int Count) CountDown((string Name, int Count) chain) => (chain.Name, chain.Count - 1);

    public static int Sum(int[] numbers) => numbers.Sum();
}
