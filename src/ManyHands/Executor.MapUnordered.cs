using System.Runtime.CompilerServices;

namespace ManyHands;

/// <content>Many tasks, as they finish.</content>
public abstract partial class Executor
{
    /// <summary>
    /// Runs the work for each input and hands out each result as soon as it exists. Lazy as <see cref="MapAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />.
    /// </summary>
    /// <remarks>
    /// Bounded in flight by count, bytes (64 MiB of encoded arguments) and measured time; tiny tasks travel in batches whose size is
    /// measured. The input is read between results, so it need not be thread-safe: arrays, lists and ranges on the reader's own thread, other
    /// ordinary sequences on a thread of the library's. Only when the next input takes milliseconds to come, results, errors and cancellation do
    /// not wait for it, and the loop goes on beside it. Leaving the loop cancels what has not ended. An input that is just moving then has a tenth of a
    /// second to stop, and is left behind after that, to be disposed when it does: an asynchronous one should listen to the token it is given.
    /// </remarks>
    /// <param name="inputs">One argument for each task.</param>
    /// <param name="work">What to run.</param>
    /// <param name="cancellationToken">Cancels the map.</param>
    /// <returns>The results.</returns>
    /// <exception cref="ArgumentException">The work cannot be run here: the message names what it captures, or what is wrong with it.</exception>
    /// <exception cref="PayloadException">The declared type of the inputs or of the results cannot travel; the message names the member.</exception>
    /// <exception cref="ObjectDisposedException">The executor has been closed.</exception>
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IEnumerable<TArgument> inputs, Func<TArgument, CancellationToken, TResult> work,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), MapOptions.Default, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IEnumerable<TArgument> inputs, Func<TArgument, CancellationToken, TResult> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), options, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IEnumerable<TArgument> inputs, Func<TArgument, TResult> work,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), MapOptions.Default, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IEnumerable<TArgument> inputs, Func<TArgument, TResult> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), options, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IEnumerable<TArgument> inputs, Func<TArgument, CancellationToken, Task<TResult>> work,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), MapOptions.Default, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IEnumerable<TArgument> inputs, Func<TArgument, CancellationToken, Task<TResult>> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), options, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IEnumerable<TArgument> inputs, Func<TArgument, Task<TResult>> work,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), MapOptions.Default, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IEnumerable<TArgument> inputs, Func<TArgument, Task<TResult>> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), options, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IAsyncEnumerable<TArgument> inputs, Func<TArgument, CancellationToken, TResult> work,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), MapOptions.Default, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IAsyncEnumerable<TArgument> inputs, Func<TArgument, CancellationToken, TResult> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), options, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IAsyncEnumerable<TArgument> inputs, Func<TArgument, TResult> work,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), MapOptions.Default, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IAsyncEnumerable<TArgument> inputs, Func<TArgument, TResult> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), options, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IAsyncEnumerable<TArgument> inputs, Func<TArgument, CancellationToken, Task<TResult>> work,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), MapOptions.Default, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IAsyncEnumerable<TArgument> inputs, Func<TArgument, CancellationToken, Task<TResult>> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), options, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IAsyncEnumerable<TArgument> inputs, Func<TArgument, Task<TResult>> work,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), MapOptions.Default, ordered: false, cancellationToken);

    /// <inheritdoc cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />
    public IAsyncEnumerable<TResult> MapUnorderedAsync<TArgument, TResult>(
        IAsyncEnumerable<TArgument> inputs, Func<TArgument, Task<TResult>> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        MapCore(inputs, new Work<TArgument, TResult>(work), options, ordered: false, cancellationToken);
}
