using System.Globalization;

namespace ManyHands.Advisor;

/// <summary>Quantities as people write them.</summary>
internal static class Quantity
{
    public static string Time(double seconds) => seconds switch
    {
        < 1e-6 => Format($"{seconds * 1e9:0} ns"),
        < 1e-3 => Format($"{seconds * 1e6:0.#} µs"),
        < 1 => Format($"{seconds * 1e3:0.#} ms"),
        _ => Format($"{seconds:0.##} s"),
    };

    public static string Bytes(double bytes) => bytes switch
    {
        < 1 << 10 => Format($"{bytes:0} bytes"),
        < 1 << 20 => Format($"{bytes / (1 << 10):0.#} KiB"),
        < 1 << 30 => Format($"{bytes / (1 << 20):0.#} MiB"),
        _ => Format($"{bytes / (1L << 30):0.#} GiB"),
    };

    public static string Percent(double part) => Format($"{100 * part:0} %");

    public static string Workers(int workers) => workers == 1 ? "1 worker" : Format($"{workers} workers");

    public static string AtOnce(int workers) => workers == 1 ? "one at a time" : Format($"{workers} at a time");

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
