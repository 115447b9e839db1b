using ManyHands.Chaos.Victims;

namespace ManyHands.Chaos.Feeding;

/// <summary>Tasks that each wait for all others: they can only end where the executor has all its workers, each with one of them.</summary>
internal static class Meeting
{
    private const int MostLooks = 1000;

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(10);

    /// <summary>Null where the executor is back at its size, else what is wrong.</summary>
    public static async Task<string?> Hold(ProcessExecutor pool, TaskBook book, int workers)
    {
        int first = book.Take(workers, TaskKind.Meeting);
        Task<Answer>[] all =
            [.. Enumerable.Range(first, workers).Select(id => pool.RunAsync(Works.Do, new Order(id, Deed.Meet, 0, workers, default)))];
        string? wrong = null;
        var met = new HashSet<int>();
        for (int i = 0; i < workers; i++)
        {
            try
            {
                met.Add((await all[i]).Pid);
                book.End(first + i, TaskEnd.Result);
            }
            catch (Exception error) // every end goes into the book
            {
                book.End(first + i, TaskEnd.Unexpected, error);
                wrong = error.Message;
            }
        }

        // Beside them there may be one more for each that is about to retire, held back or on its way to be.
        // Who has retired with this very task is on its way out.
        WorkerState[] listed = [];
        for (int looks = 0; looks < MostLooks && (looks == 0 || listed.Contains(WorkerState.Stopping)); looks++)
        {
            await Task.Delay(_look);
            listed = [.. pool.Snapshot().Workers.Select(worker => worker.State)];
        }

        bool isWhole = met.Count == workers && listed.Count(state => state is WorkerState.Idle or WorkerState.Busy) == workers
            && listed.All(state => state is WorkerState.Idle or WorkerState.Busy or WorkerState.Spare or WorkerState.Starting);
        return wrong ?? (isWhole ? null : $"{met.Count} of {workers} workers came, listed are: {string.Join(", ", listed)}");
    }
}
