namespace ManyHands.Maps;

/// <summary>
/// An ordinary sequence read as an asynchronous one. What is there already, an array, a list, a range, is read on the reader's own thread; what is made while
/// it is read may make the reader wait, and has a thread (<see cref="ThreadedInput{T}"/>).
/// </summary>
internal sealed class SynchronousInput<T>(IEnumerable<T> items) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        items is ICollection<T> or IReadOnlyCollection<T> or string ? new Reader(items.GetEnumerator()) : new ThreadedInput<T>(items);

    private sealed class Reader(IEnumerator<T> items) : IAsyncEnumerator<T>
    {
        public T Current => items.Current;

        public ValueTask<bool> MoveNextAsync()
        {
            try
            {
                return new(items.MoveNext());
            }
            catch (Exception error) // as an asynchronous sequence would report it
            {
                return ValueTask.FromException<bool>(error);
            }
        }

        public ValueTask DisposeAsync()
        {
            items.Dispose();
            return default;
        }
    }
}
