namespace ManyHands.Lab;

/// <summary>
/// Amdahl's law, fitted: with a serial fraction s of the work, n workers are at most 1 / (s + (1 − s) / n) times as fast as one. From Gene Amdahl, Validity
/// of the single processor approach to achieving large scale computing capabilities (1967).
/// </summary>
/// <param name="SerialFraction">The part of the work that does not get faster with more workers, from 0 to 1.</param>
/// <param name="Error">Root mean square of what the fitted speed-ups are off, as a part of the measured ones.</param>
public sealed record AmdahlFit(double SerialFraction, double Error)
{
    /// <summary>The speed-up that no number of workers exceeds; infinite where nothing is serial.</summary>
    public double Limit => 1 / SerialFraction;

    /// <summary>The speed-up with n workers by this fit.</summary>
    /// <param name="workers">n.</param>
    /// <returns>The ratio to one worker.</returns>
    public double SpeedUp(double workers) => 1 / (SerialFraction + ((1 - SerialFraction) / workers));

    /// <summary>
    /// Fits speed-ups by least squares over their inverses, in which the law is a straight line: 1/S = 1/n + s · (1 − 1/n).
    /// </summary>
    /// <param name="points">Numbers of workers and speed-ups. One worker says nothing about s, and is left out.</param>
    /// <returns>The fit, or null where there is no point of more than one worker.</returns>
    public static AmdahlFit? Of(IEnumerable<(int Workers, double SpeedUp)> points)
    {
        (int Workers, double SpeedUp)[] parallel = [.. points.Where(point => point.Workers > 1 && point.SpeedUp > 0)];
        if (parallel.Length == 0)
            return null;
        double numerator = 0, denominator = 0;
        foreach (var (workers, speedUp) in parallel)
        {
            double slope = 1 - (1.0 / workers);
            numerator += ((1 / speedUp) - (1.0 / workers)) * slope;
            denominator += slope * slope;
        }

        var fit = new AmdahlFit(Math.Clamp(numerator / denominator, 0, 1), 0);
        return fit with { Error = FitError.Of(parallel, fit.SpeedUp) };
    }
}
