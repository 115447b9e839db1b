namespace ManyHands.Maps;

/// <summary>An ordinary sequence read as an asynchronous one, on the reader's own thread.</summary>
internal sealed class SynchronousInput<T>(IEnumerable<T> items) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Reader(items.GetEnumerator());

    private sealed class Reader(IEnumerator<T> items) : IAsyncEnumerator<T>
    {
        public T Current => items.Current;

        public ValueTask<bool> MoveNextAsync() => new(items.MoveNext());

        public ValueTask DisposeAsync()
        {
            items.Dispose();
            return default;
        }
    }
}
