namespace ManyHands.Lab;

/// <summary>Gets an executor to the point from which on only the work itself is measured.</summary>
internal static class WarmWorkers
{
    private const int MostTries = 200;

    /// <summary>Returns when each worker is there and has done the work, so that its code is compiled.</summary>
    /// <param name="executor">The executor.</param>
    /// <param name="lanes">Tasks it can run at once.</param>
    /// <param name="work">The work.</param>
    /// <param name="input">An input with which it is over at once.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task ReadyAsync<TInput>(
        Executor executor, int lanes, Func<TInput, TaskRun> work, TInput input, CancellationToken cancellationToken)
    {
        var before = executor.Snapshot().Workers.ToDictionary(worker => worker.Number, worker => worker.Tasks);
        for (int attempt = 0; attempt < MostTries; attempt++)
        {
            Task[] tasks = [.. Enumerable.Range(0, 4 * lanes).Select(_ => (Task)executor.RunAsync(work, input, cancellationToken))];
            await Task.WhenAll(tasks).ConfigureAwait(false);
            if (executor.Snapshot().Workers.All(worker => worker.State != WorkerState.Starting && worker.Tasks > before.GetValueOrDefault(worker.Number)))
                return;

            // The first workers were quicker than the others were there.
            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken).ConfigureAwait(false);
        }
    }
}
