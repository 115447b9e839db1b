using System.Runtime.CompilerServices;

namespace ManyHands;

/// <content>One task, handed in.</content>
public abstract partial class Executor
{
    /// <summary>
    /// Hands in one task and awaits its admission to the queue, which takes as long as the queue is full; not its result. For the rest see
    /// <see cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />.
    /// </summary>
    /// <param name="work">What to run.</param>
    /// <param name="argument">What to give it.</param>
    /// <param name="cancellationToken">Cancels the task, at the door, queued or running.</param>
    /// <returns>The accepted task.</returns>
    /// <exception cref="ArgumentException">The work cannot be run here: the message names what it captures, or what is wrong with it.</exception>
    /// <exception cref="PayloadException">The argument, or whatever the result's declared type can hold, cannot travel unchanged; the message names the member.</exception>
    /// <exception cref="ObjectDisposedException">The executor has been closed.</exception>
    /// <exception cref="ExecutorBrokenException">Its workers cannot be started.</exception>
    [OverloadResolutionPriority(1)]
    public Task<Future<TResult>> SubmitAsync<TArgument, TResult>(
        Func<TArgument, CancellationToken, TResult> work, TArgument argument, CancellationToken cancellationToken = default) =>
        SubmitCore(new Work<TArgument, TResult>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task<Future<TResult>> SubmitAsync<TArgument, TResult>(
        Func<TArgument, CancellationToken, TResult> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        SubmitCore(new Work<TArgument, TResult>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task<Future<TResult>> SubmitAsync<TArgument, TResult>(
        Func<TArgument, TResult> work, TArgument argument, CancellationToken cancellationToken = default) =>
        SubmitCore(new Work<TArgument, TResult>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task<Future<TResult>> SubmitAsync<TArgument, TResult>(
        Func<TArgument, TResult> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        SubmitCore(new Work<TArgument, TResult>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task<Future<TResult>> SubmitAsync<TArgument, TResult>(
        Func<TArgument, CancellationToken, Task<TResult>> work, TArgument argument, CancellationToken cancellationToken = default) =>
        SubmitCore(new Work<TArgument, TResult>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task<Future<TResult>> SubmitAsync<TArgument, TResult>(
        Func<TArgument, CancellationToken, Task<TResult>> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        SubmitCore(new Work<TArgument, TResult>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task<Future<TResult>> SubmitAsync<TArgument, TResult>(
        Func<TArgument, Task<TResult>> work, TArgument argument, CancellationToken cancellationToken = default) =>
        SubmitCore(new Work<TArgument, TResult>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task<Future<TResult>> SubmitAsync<TArgument, TResult>(
        Func<TArgument, Task<TResult>> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        SubmitCore(new Work<TArgument, TResult>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task<Future> SubmitAsync<TArgument>(
        Action<TArgument, CancellationToken> work, TArgument argument, CancellationToken cancellationToken = default) =>
        SubmitActionCore(new Work<TArgument, Nothing>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task<Future> SubmitAsync<TArgument>(
        Action<TArgument, CancellationToken> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        SubmitActionCore(new Work<TArgument, Nothing>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task<Future> SubmitAsync<TArgument>(
        Action<TArgument> work, TArgument argument, CancellationToken cancellationToken = default) =>
        SubmitActionCore(new Work<TArgument, Nothing>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task<Future> SubmitAsync<TArgument>(
        Action<TArgument> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        SubmitActionCore(new Work<TArgument, Nothing>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task<Future> SubmitAsync<TArgument>(
        Func<TArgument, CancellationToken, Task> work, TArgument argument, CancellationToken cancellationToken = default) =>
        SubmitActionCore(new Work<TArgument, Nothing>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task<Future> SubmitAsync<TArgument>(
        Func<TArgument, CancellationToken, Task> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        SubmitActionCore(new Work<TArgument, Nothing>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task<Future> SubmitAsync<TArgument>(
        Func<TArgument, Task> work, TArgument argument, CancellationToken cancellationToken = default) =>
        SubmitActionCore(new Work<TArgument, Nothing>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task<Future> SubmitAsync<TArgument>(
        Func<TArgument, Task> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        SubmitActionCore(new Work<TArgument, Nothing>(work), argument, options, cancellationToken);
}
