namespace ManyHands.Lab.Experiments;

/// <summary>What one fetch does.</summary>
/// <param name="Address">Address of the server.</param>
/// <param name="Path">What is asked for.</param>
/// <param name="Copies">Times that the answer is written to disk.</param>
/// <param name="Folder">Where to.</param>
public sealed record FetchInput(string Address, string Path, int Copies, string Folder);

/// <summary>Fetches from a server on this machine that takes its time, and writes what it gets to disk.</summary>
/// <typeparam name="TWork">The experiment itself.</typeparam>
public abstract class FetchExperiment<TWork> : KindsExperiment<TWork, FetchInput>
    where TWork : IAsyncTaskWork<FetchInput>
{
    private static readonly HttpClient _client = new();
    private SlowServer? _server;
    private string _folder = "";

    /// <inheritdoc/>
    public override WorkGroup Group => WorkGroup.Waiting;

    /// <summary>How many are fetched.</summary>
    protected abstract int Count { get; }

    /// <summary>Path of what is fetched.</summary>
    protected abstract string Path { get; }

    /// <inheritdoc/>
    protected override IReadOnlyList<FetchInput> Inputs =>
        [.. Enumerable.Range(0, Count).Select(i => new FetchInput(_server!.Address, $"{Path}/{i}", Copies: 50, _folder))];

    /// <inheritdoc/>
    protected override FetchInput WarmUp => new(_server!.Address, "warm", Copies: 1, _folder);

    private protected override Func<FetchInput, Task<TaskRun>>? AsyncWork => AsyncOf<TWork>();

    /// <inheritdoc/>
    public override Task<string?> PrepareAsync(string folder, CancellationToken cancellationToken)
    {
        _server = new SlowServer();
        _folder = folder;
        return Task.FromResult<string?>(null);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Fetches, and writes.</summary>
    protected static async Task<double> FetchAsync(FetchInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        byte[] answer = await _client.GetByteArrayAsync(new Uri(input.Address + input.Path)).ConfigureAwait(false);
        string file = System.IO.Path.Combine(input.Folder, $"{Environment.ProcessId}-{Guid.NewGuid():N}");
        for (int i = 0; i < input.Copies; i++)
            await File.WriteAllBytesAsync(file, answer).ConfigureAwait(false);
        File.Delete(file);
        return answer.Length;
    }
}

/// <summary>Asks an interface for small answers.</summary>
public sealed class ApiRequests : FetchExperiment<ApiRequests>, IAsyncTaskWork<FetchInput>
{
    /// <inheritdoc/>
    public override string Name => "requests";

    /// <inheritdoc/>
    public override string Title => "20 API requests, each answer written to disk 50 times";

    /// <inheritdoc/>
    public override string Shows => "Waiting for a network: threads and asynchronous work overlap it, and so does every other kind of worker, at a higher price.";

    /// <inheritdoc/>
    public override string Classic => "tutorials on concurrency in Python that call a public API";

    /// <inheritdoc/>
    protected override int Count => 20;

    /// <inheritdoc/>
    protected override string Path => "api";

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    public static double Run(FetchInput input) => FetchAsync(input).GetAwaiter().GetResult();

    /// <inheritdoc cref="IAsyncTaskWork{TInput}.RunAsync"/>
    public static Task<double> RunAsync(FetchInput input) => FetchAsync(input);
}

/// <summary>Fetches pages.</summary>
public sealed class PageFetches : FetchExperiment<PageFetches>, IAsyncTaskWork<FetchInput>
{
    /// <inheritdoc/>
    public override string Name => "pages";

    /// <inheritdoc/>
    public override string Title => "16 pages of 100 KB fetched, each written to disk 50 times";

    /// <inheritdoc/>
    public override string Shows => "The same with larger answers: the disk has its part in it.";

    /// <inheritdoc/>
    public override string Classic => "the example of concurrent.futures in Python's documentation, which loads web pages";

    /// <inheritdoc/>
    public override bool IsQuick => false;

    /// <inheritdoc/>
    protected override int Count => 16;

    /// <inheritdoc/>
    protected override string Path => "page";

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    public static double Run(FetchInput input) => FetchAsync(input).GetAwaiter().GetResult();

    /// <inheritdoc cref="IAsyncTaskWork{TInput}.RunAsync"/>
    public static Task<double> RunAsync(FetchInput input) => FetchAsync(input);
}
