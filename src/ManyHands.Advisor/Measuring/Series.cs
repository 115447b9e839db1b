namespace ManyHands.Advisor;

/// <summary>The same thing measured several times: what is typical, and how far to trust it. No mean: one disturbed round would spoil it.</summary>
/// <remarks>Outliers are values beyond Tukey's fences, 1.5 interquartile ranges outside the quartiles (Exploratory Data Analysis, 1977).</remarks>
public sealed class Series
{
    private readonly double[] _sorted;

    /// <summary>A series of what was measured.</summary>
    /// <param name="values">In the order they were measured in, all in one unit.</param>
    /// <exception cref="ArgumentException">There is no value, or one is no finite number.</exception>
    public Series(params IReadOnlyList<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0 || !values.All(double.IsFinite))
            throw new ArgumentException("A series is of at least one value, and all of them are finite.", nameof(values));
        Values = [.. values];
        _sorted = [.. values.Order()];
    }

    /// <summary>In the order they were measured in.</summary>
    public IReadOnlyList<double> Values { get; }

    /// <summary>The value in the middle.</summary>
    public double Median => Quantile(0.5);

    /// <summary>The first quartile.</summary>
    public double Low => Quantile(0.25);

    /// <summary>The third quartile.</summary>
    public double High => Quantile(0.75);

    /// <summary>The smallest value.</summary>
    public double Least => _sorted[0];

    /// <summary>The largest value.</summary>
    public double Most => _sorted[^1];

    /// <summary>Interquartile range as a part of the median: 0.1 says that half of all values lie within about 5 % of it. 0 where the median is 0.</summary>
    public double Spread => Median == 0 ? 0 : (High - Low) / Math.Abs(Median);

    /// <summary>Values so far from the others that something else must have happened. Never any of less than four values.</summary>
    public IReadOnlyList<double> Outliers
    {
        get
        {
            double reach = 1.5 * (High - Low);
            return Values.Count < 4 ? [] : [.. Values.Where(value => value < Low - reach || value > High + reach)];
        }
    }

    // Between two values it is interpolated (type 7 of Hyndman and Fan, 1996).
    private double Quantile(double part)
    {
        double place = part * (_sorted.Length - 1);
        int below = (int)place;
        return below + 1 == _sorted.Length ? _sorted[below] : _sorted[below] + ((place - below) * (_sorted[below + 1] - _sorted[below]));
    }
}
