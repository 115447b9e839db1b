namespace ManyHands.Lab;

/// <summary>
/// The universal scalability law, fitted: n workers are n / (1 + α (n − 1) + β n (n − 1)) times as fast as one. Contention α is what they wait for one
/// another, coherence β what they cost one another; with β there is a number of workers beyond which more are slower. From Neil Gunther, Guerrilla Capacity
/// Planning (2007).
/// </summary>
/// <param name="Contention">α, from 0.</param>
/// <param name="Coherence">β, from 0.</param>
/// <param name="Error">Root mean square of what the fitted speed-ups are off, as a part of the measured ones.</param>
public sealed record ScalabilityFit(double Contention, double Coherence, double Error)
{
    /// <summary>The number of workers with the largest speed-up: infinite where nothing costs coherence.</summary>
    public double BestWorkers => Coherence == 0 ? double.PositiveInfinity : Math.Max(1, Math.Sqrt(Math.Max(0, 1 - Contention) / Coherence));

    /// <summary>The speed-up with n workers by this fit.</summary>
    /// <param name="workers">n.</param>
    /// <returns>The ratio to one worker.</returns>
    public double SpeedUp(double workers) => workers / (1 + (Contention * (workers - 1)) + (Coherence * workers * (workers - 1)));

    /// <summary>Fits speed-ups by least squares over n/S − 1 = α (n − 1) + β n (n − 1), which is linear in both; neither may be below 0.</summary>
    /// <param name="points">Numbers of workers and speed-ups. One worker says nothing, and is left out.</param>
    /// <returns>The fit, or null where there are not two numbers of workers above one: then a law with two unknowns fits anything.</returns>
    public static ScalabilityFit? Of(IEnumerable<(int Workers, double SpeedUp)> points)
    {
        (int Workers, double SpeedUp)[] parallel = [.. points.Where(point => point.Workers > 1 && point.SpeedUp > 0)];
        if (parallel.DistinctBy(point => point.Workers).Count() < 2)
            return null;

        // Normal equations over a = n − 1 and b = n (n − 1).
        double aa = 0, ab = 0, bb = 0, ay = 0, by = 0;
        foreach (var (workers, speedUp) in parallel)
        {
            double a = workers - 1, b = workers * a, y = (workers / speedUp) - 1;
            (aa, ab, bb, ay, by) = (aa + (a * a), ab + (a * b), bb + (b * b), ay + (a * y), by + (b * y));
        }

        double determinant = (aa * bb) - (ab * ab);
        (double Contention, double Coherence) both = (((ay * bb) - (by * ab)) / determinant, ((by * aa) - (ay * ab)) / determinant);

        // Where one would be negative, the best with a limit at 0 lies on that limit.
        (double contention, double coherence) = both switch
        {
            { Contention: >= 0, Coherence: >= 0 } => both,
            { Contention: < 0 } => (0, Math.Max(0, by / bb)),
            _ => (Math.Max(0, ay / aa), 0),
        };
        var fit = new ScalabilityFit(contention, coherence, 0);
        return fit with { Error = FitError.Of(parallel, fit.SpeedUp) };
    }
}
