namespace ManyHands.Lab;

/// <summary>What an experiment's work mostly does, which is what a verdict is about.</summary>
public enum WorkGroup
{
    /// <summary>It computes.</summary>
    Computing,

    /// <summary>It waits.</summary>
    Waiting,

    /// <summary>Both, or something that decides by itself: tiny tasks, allocation.</summary>
    Mixed,

    /// <summary>How data is shared or moved.</summary>
    Data,
}

/// <summary>One experiment: the same work, done in several ways that are measured against each other.</summary>
public abstract class Experiment : IAsyncDisposable
{
    /// <summary>Short name, for the command line.</summary>
    public abstract string Name { get; }

    /// <summary>Title, for people.</summary>
    public abstract string Title { get; }

    /// <summary>What it shows, in a sentence.</summary>
    public abstract string Shows { get; }

    /// <summary>Where it is classic.</summary>
    public abstract string Classic { get; }

    /// <summary>What its work mostly does.</summary>
    public abstract WorkGroup Group { get; }

    /// <summary>One worker keeps a core busy, so more workers than cores are beside the point. Default: where it computes.</summary>
    public virtual bool KeepsCoresBusy => Group == WorkGroup.Computing;

    /// <summary>It is a part of the short run. Default: yes.</summary>
    public virtual bool IsQuick => true;

    /// <summary>What is to be compared is the memory, not the time. Default: no.</summary>
    public virtual bool IsAboutMemory => false;

    /// <summary>Sets up what the work needs: a server, files. Called once, before anything else.</summary>
    /// <param name="folder">A new folder of its own, deleted afterwards.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Null where all is there; else why this experiment cannot be made here, in a sentence.</returns>
    public virtual Task<string?> PrepareAsync(string folder, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    /// <summary>The ways to do the work, the baseline of speed-ups first.</summary>
    /// <param name="workerCounts">Numbers of workers to try, rising.</param>
    /// <returns>At least one.</returns>
    public abstract IReadOnlyList<Contestant> Contestants(IReadOnlyList<int> workerCounts);

    /// <summary>Ends what <see cref="PrepareAsync"/> started.</summary>
    /// <returns>Ends when it has ended.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
