using System.Runtime.CompilerServices;

namespace ManyHands;

/// <content>Many tasks without results.</content>
public abstract partial class Executor
{
    /// <summary>
    /// Runs the work for each input and ends when all have ended. Input is read lazily and bounded as in
    /// <see cref="MapUnorderedAsync{TArgument, TResult}(IEnumerable{TArgument}, Func{TArgument, CancellationToken, TResult}, CancellationToken)" />.
    /// </summary>
    /// <param name="inputs">One argument for each task.</param>
    /// <param name="work">What to run.</param>
    /// <param name="cancellationToken">Cancels what has not ended.</param>
    /// <returns>Ends with the first error, after cancelling the rest, unless the options say to continue.</returns>
    /// <exception cref="ArgumentException">The work cannot be run here: the message names what it captures, or what is wrong with it.</exception>
    /// <exception cref="PayloadException">The declared type of the inputs cannot travel; the message names the member.</exception>
    /// <exception cref="ObjectDisposedException">The executor has been closed.</exception>
    [OverloadResolutionPriority(1)]
    public Task ForEachAsync<TArgument>(
        IEnumerable<TArgument> inputs, Action<TArgument, CancellationToken> work,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), MapOptions.Default, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task ForEachAsync<TArgument>(
        IEnumerable<TArgument> inputs, Action<TArgument, CancellationToken> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), options, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    public Task ForEachAsync<TArgument>(
        IEnumerable<TArgument> inputs, Action<TArgument> work,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), MapOptions.Default, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    public Task ForEachAsync<TArgument>(
        IEnumerable<TArgument> inputs, Action<TArgument> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), options, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task ForEachAsync<TArgument>(
        IEnumerable<TArgument> inputs, Func<TArgument, CancellationToken, Task> work,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), MapOptions.Default, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task ForEachAsync<TArgument>(
        IEnumerable<TArgument> inputs, Func<TArgument, CancellationToken, Task> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), options, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    public Task ForEachAsync<TArgument>(
        IEnumerable<TArgument> inputs, Func<TArgument, Task> work,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), MapOptions.Default, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    public Task ForEachAsync<TArgument>(
        IEnumerable<TArgument> inputs, Func<TArgument, Task> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), options, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task ForEachAsync<TArgument>(
        IAsyncEnumerable<TArgument> inputs, Action<TArgument, CancellationToken> work,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), MapOptions.Default, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task ForEachAsync<TArgument>(
        IAsyncEnumerable<TArgument> inputs, Action<TArgument, CancellationToken> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), options, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    public Task ForEachAsync<TArgument>(
        IAsyncEnumerable<TArgument> inputs, Action<TArgument> work,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), MapOptions.Default, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    public Task ForEachAsync<TArgument>(
        IAsyncEnumerable<TArgument> inputs, Action<TArgument> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), options, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task ForEachAsync<TArgument>(
        IAsyncEnumerable<TArgument> inputs, Func<TArgument, CancellationToken, Task> work,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), MapOptions.Default, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task ForEachAsync<TArgument>(
        IAsyncEnumerable<TArgument> inputs, Func<TArgument, CancellationToken, Task> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), options, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    public Task ForEachAsync<TArgument>(
        IAsyncEnumerable<TArgument> inputs, Func<TArgument, Task> work,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), MapOptions.Default, ordered: false, cancellationToken));

    /// <inheritdoc cref="ForEachAsync{TArgument}(IEnumerable{TArgument}, Action{TArgument, CancellationToken}, CancellationToken)" />
    public Task ForEachAsync<TArgument>(
        IAsyncEnumerable<TArgument> inputs, Func<TArgument, Task> work, MapOptions options,
        CancellationToken cancellationToken = default) =>
        ForEachCore(MapCore(inputs, new Work<TArgument, Nothing>(work), options, ordered: false, cancellationToken));
}
