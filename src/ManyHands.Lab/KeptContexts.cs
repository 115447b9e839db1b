using System.Collections.Concurrent;

namespace ManyHands.Lab;

/// <summary>
/// One executor of contexts for each number of workers, for all experiments: what a context has loaded stays until the application ends, so new ones for
/// every round would only pile up.
/// </summary>
internal static class KeptContexts
{
    private static readonly ConcurrentDictionary<int, ContextExecutor> _kept = new();

    public static ContextExecutor Of(int workers) => _kept.GetOrAdd(workers, static workers => new ContextExecutor(workers));

    /// <summary>Ends all of their threads.</summary>
    public static async Task CloseAsync()
    {
        foreach (int workers in _kept.Keys)
        {
            if (_kept.TryRemove(workers, out ContextExecutor? executor))
                await executor.DisposeAsync().ConfigureAwait(false);
        }
    }
}
