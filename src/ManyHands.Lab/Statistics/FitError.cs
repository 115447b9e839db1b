namespace ManyHands.Lab;

/// <summary>How far a law is off from what was measured.</summary>
internal static class FitError
{
    /// <summary>Root mean square of the relative differences.</summary>
    public static double Of(IReadOnlyList<(int Workers, double SpeedUp)> points, Func<double, double> law) =>
        Math.Sqrt(points.Average(point => Math.Pow((law(point.Workers) - point.SpeedUp) / point.SpeedUp, 2)));
}
