using System.Globalization;

namespace ManyHands.Lab.Reports;

/// <summary>A unit that values are shown in, chosen so that the largest is a number people can read.</summary>
/// <param name="Name">What stands behind the number.</param>
/// <param name="Factor">What a value is multiplied by.</param>
internal readonly record struct Unit(string Name, double Factor)
{
    public static Unit OfTime(double seconds) => Math.Abs(seconds) switch
    {
        >= 600 => new("min", 1 / 60.0),
        >= 1 => new("s", 1),
        >= 1e-3 or 0 => new("ms", 1e3),
        _ => new("µs", 1e6),
    };

    public static Unit OfBytes(double bytes) => Math.Abs(bytes) switch
    {
        >= 10L << 30 => new("GiB", 1.0 / (1 << 30)),
        _ => new("MiB", 1.0 / (1 << 20)),
    };
}

/// <summary>Figures as text: three digits are what a measurement can carry. The same in every culture.</summary>
internal static class Quantity
{
    public static string Time(double seconds) => In(Unit.OfTime(seconds), seconds);

    public static string Bytes(double bytes) => In(Unit.OfBytes(bytes), bytes);

    public static string Ratio(double ratio) => $"{Number(ratio)}×";

    public static string Percent(double part) => $"{Count(part * 100)} %";

    public static string Count(double count) => Math.Abs(count) < 1e12 ? Text(Math.Round(count), "#,0") : Text(count, "0.###E+0");

    /// <summary>Three digits that count, and all before the point.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        _ when !double.IsFinite(value) => "–",
        >= 1e7 => Text(value, "0.##E+0"),
        >= 100 => Text(value, "#,0"),
        >= 10 => Text(value, "0.0"),
        0 => "0",
        >= 0.1 => Text(value, "0.00"),
        >= 1e-4 => Text(value, "0.0###"),
        _ => Text(value, "0.##E+0"),
    };

    /// <summary>A number as it stands at an axis: no digit more than it needs.</summary>
    public static string Tick(double value) => Math.Abs(value) is >= 1e7 or (> 0 and < 1e-4) ? Text(value, "0.##E+0") : Text(value, "#,0.####");

    /// <summary>A number for a machine, exact enough for a picture.</summary>
    public static string Place(double value) => double.IsFinite(value) ? Text(value, "0.##") : "0";

    /// <summary>A way with its number of workers, as short as rows of a plot need it.</summary>
    public static string Name(WayResult way) => way.Workers == 1 ? way.Label : $"{way.Label} ({Text(way.Workers, "0")})";

    private static string In(Unit unit, double value) => $"{Number(value * unit.Factor)} {unit.Name}";

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
