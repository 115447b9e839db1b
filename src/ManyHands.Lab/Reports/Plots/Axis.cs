namespace ManyHands.Lab.Reports.Plots;

/// <summary>Turns values into places on a picture, and knows where its ticks are.</summary>
internal abstract class Axis
{
    /// <summary>Values at round numbers, rising.</summary>
    public abstract IReadOnlyList<double> Ticks { get; }

    /// <summary>Where a value is drawn; what lies outside is drawn at the edge.</summary>
    public abstract double Place(double value);
}

/// <summary>An axis from 0 on which twice as much is twice as far.</summary>
internal sealed class LinearAxis : Axis
{
    private readonly double _from;
    private readonly double _to;
    private readonly double _most;

    /// <param name="most">The largest value that is drawn. Where it is no number that can be drawn, 1 is taken.</param>
    /// <param name="from">Where 0 is drawn.</param>
    /// <param name="to">Where the end of the axis is drawn.</param>
    /// <param name="factor">What values are multiplied by before they are shown, so that ticks are round in the unit shown.</param>
    /// <param name="parts">About so many steps between ticks.</param>
    /// <param name="endsAtTick">The axis goes on to the next tick; else it ends where the values do.</param>
    public LinearAxis(double most, double from, double to, double factor = 1, int parts = 4, bool endsAtTick = true)
    {
        (_from, _to) = (from, to);
        // Beyond these, steps between ticks are no numbers any more.
        double shown = most * factor is >= 1e-12 and <= 1e300 ? most * factor : 1;
        double step = Step(shown / parts);
        int steps = (int)(endsAtTick ? Math.Ceiling((shown / step) - 1e-9) : Math.Floor((shown / step) + 1e-9));
        _most = (endsAtTick ? steps * step : shown) / factor;
        Ticks = [.. Enumerable.Range(0, steps + 1).Select(i => i * step / factor)];
    }

    public override IReadOnlyList<double> Ticks { get; }

    public override double Place(double value) =>
        double.IsNaN(value) ? _from : _from + (Math.Clamp(value / _most, 0, 1) * (_to - _from));

    // 1, 2 or 5 times a power of ten: the nearest one.
    private static double Step(double wanted)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        return power * ((wanted / power) switch { < 1.5 => 1, < 3.2 => 2, < 7.5 => 5, _ => 10 });
    }
}

/// <summary>An axis on which twice as much is one step further.</summary>
internal sealed class DoublingAxis : Axis
{
    private const int MostTicks = 7;
    private readonly double _from;
    private readonly double _to;
    private readonly double _least;
    private readonly double _most;

    /// <param name="least">The smallest value.</param>
    /// <param name="most">The largest value.</param>
    /// <param name="from">Where the smallest is drawn.</param>
    /// <param name="to">Where the largest is drawn.</param>
    /// <param name="ticks">Where ticks are. Default: at powers of two, and the axis begins and ends at one.</param>
    public DoublingAxis(double least, double most, double from, double to, IReadOnlyList<double>? ticks = null)
    {
        (_from, _to) = (from, to);
        (_least, _most) = (Math.Log2(least), Math.Log2(most));
        if (ticks is null)
        {
            (_least, _most) = (Math.Floor(_least + 1e-9), Math.Ceiling(_most - 1e-9));
            int step = Math.Max(1, (int)Math.Ceiling((_most - _least) / (MostTicks - 1)));
            int first = (int)Math.Ceiling(_least / step) * step;
            ticks = [.. Enumerable.Range(0, MostTicks).Select(i => first + (i * step)).Where(exponent => exponent <= _most).Select(exponent => Math.Pow(2, exponent))];
        }

        Ticks = ticks;
    }

    public override IReadOnlyList<double> Ticks { get; }

    /// <summary>The smallest value.</summary>
    public double Least => Math.Pow(2, _least);

    /// <summary>The largest value.</summary>
    public double Most => Math.Pow(2, _most);

    public override double Place(double value)
    {
        if (!(value > 0))
            return _from;
        // One value only: it stands in the middle.
        double part = _most > _least ? (Math.Log2(value) - _least) / (_most - _least) : 0.5;
        return _from + (Math.Clamp(part, 0, 1) * (_to - _from));
    }
}
