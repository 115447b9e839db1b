namespace ManyHands.Completions;

/// <summary>An item that has ended, and how long its tasks ran in all; zero where that is not known.</summary>
internal readonly record struct Ending(WorkItem Item, TimeSpan Elapsed)
{
    private readonly TaskCompletionSource? _source;

    /// <summary>No item: something that is to be completed in its turn.</summary>
    public Ending(TaskCompletionSource source) : this(null!, TimeSpan.Zero) => _source = source;

    /// <summary>Lets the caller go on.</summary>
    public void Publish()
    {
        if (_source is not null)
            _source.TrySetResult();
        else
            Item.Publish();
    }
}
