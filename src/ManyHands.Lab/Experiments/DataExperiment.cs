namespace ManyHands.Lab.Experiments;

/// <summary>An experiment whose ways differ in their work, since they differ in where the data is.</summary>
public abstract class DataExperiment : Experiment
{
    /// <inheritdoc/>
    public override WorkGroup Group => WorkGroup.Data;

    /// <inheritdoc/>
    public override bool KeepsCoresBusy => true;

    /// <summary>A way that runs one task for each input on an executor.</summary>
    /// <param name="kind">What it is called.</param>
    /// <param name="workers">Number of workers.</param>
    /// <param name="make">Makes the executor.</param>
    /// <param name="inputs">Makes the inputs, one for each worker, before the time is taken.</param>
    /// <param name="work">The work.</param>
    /// <param name="sum">Makes one value of the results; their sum unless told.</param>
    /// <param name="forget">Lets go of what the work and the inputs hold, once the workers are gone.</param>
    private protected static Contestant Way<TInput>(
        string kind, int workers, Func<int, Executor> make, Func<int, IReadOnlyList<TInput>> inputs, Func<TInput, double> work,
        Func<IReadOnlyList<double>, double>? sum = null, Action? forget = null) => new(kind, workers, async cancellationToken =>
        {
            Executor executor = make(workers);
            try
            {
                await WarmWorkers.ReadyAsync(executor, workers, _ => default, 0, cancellationToken).ConfigureAwait(false);
                IReadOnlyList<TInput> all = inputs(workers);
                await RunAsync(cancellationToken).ConfigureAwait(false); // the work is compiled, and what it shares is mapped
                return new Bout(RunAsync, new Closing(executor, forget));

                async Task<Outcome> RunAsync(CancellationToken token)
                {
                    // Singly and all at once: each worker is to have one.
                    Task<double>[] tasks = [.. all.Select(input => executor.RunAsync(work, input, token))];
                    double[] results = await Task.WhenAll(tasks).ConfigureAwait(false);
                    return new Outcome(sum is null ? results.Sum() : sum(results), []);
                }
            }
            catch
            {
                await executor.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        });

    private sealed class Closing(Executor executor, Action? forget) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await executor.DisposeAsync().ConfigureAwait(false);
            forget?.Invoke();
        }
    }
}
