using System.Runtime.CompilerServices;

namespace ManyHands.Sharing;

/// <summary>The copies of one broadcast value in this process: one per worker, for as long as the worker is there. The type of the value is each worker's own.</summary>
internal sealed class BroadcastCopies
{
    private readonly ConditionalWeakTable<object, object> _copies = [];

    /// <summary>The worker's copy, made at the first call.</summary>
    public T For<T>(object worker, Func<T> make)
    {
        Copy<T> copy;
        lock (_copies)
            copy = (Copy<T>)_copies.GetValue(worker, static _ => new Copy<T>());
        lock (copy) // workers decode at the same time
        {
            if (!copy.IsMade)
                (copy.Value, copy.IsMade) = (make(), true);
            return copy.Value!;
        }
    }

    private sealed class Copy<T>
    {
        public T? Value { get; set; }

        public bool IsMade { get; set; }
    }
}
