namespace ManyHands.Maps;

/// <summary>An ordinary sequence read as an asynchronous one, on the reader's own thread.</summary>
internal sealed class SynchronousInput<T>(IEnumerable<T> items) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Reader(items.GetEnumerator());

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
