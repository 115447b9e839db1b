using System.Runtime.CompilerServices;

namespace ManyHands;

/// <content>One task, awaited.</content>
public abstract partial class Executor
{
    /// <summary>
    /// Runs one task and awaits its result. The work is a static method or, where <see cref="ExecutorTraits.CopiesArguments"/>, a lambda
    /// without captures; it may be asynchronous and may take a token. Where arguments are copied, the argument is encoded before this call
    /// returns, so later changes to it do not matter.
    /// </summary>
    /// <remarks>Never waits in the call itself: with a full queue the task waits its turn. Thread-safe.</remarks>
    /// <param name="work">What to run.</param>
    /// <param name="argument">What to give it.</param>
    /// <param name="cancellationToken">Cancels the task, queued or running.</param>
    /// <returns>The result. What the work throws is thrown here, whatever the executor.</returns>
    /// <exception cref="ArgumentException">The work cannot be run here: the message names what it captures, or what is wrong with it.</exception>
    /// <exception cref="PayloadException">The argument, or whatever the result's declared type can hold, cannot travel unchanged; the message names the member.</exception>
    /// <exception cref="ObjectDisposedException">The executor has been closed.</exception>
    /// <exception cref="ExecutorBrokenException">Its workers cannot be started.</exception>
    [OverloadResolutionPriority(1)]
    public Task<TResult> RunAsync<TArgument, TResult>(
        Func<TArgument, CancellationToken, TResult> work, TArgument argument, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, TResult>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task<TResult> RunAsync<TArgument, TResult>(
        Func<TArgument, CancellationToken, TResult> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, TResult>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task<TResult> RunAsync<TArgument, TResult>(
        Func<TArgument, TResult> work, TArgument argument, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, TResult>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task<TResult> RunAsync<TArgument, TResult>(
        Func<TArgument, TResult> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, TResult>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task<TResult> RunAsync<TArgument, TResult>(
        Func<TArgument, CancellationToken, Task<TResult>> work, TArgument argument, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, TResult>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task<TResult> RunAsync<TArgument, TResult>(
        Func<TArgument, CancellationToken, Task<TResult>> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, TResult>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task<TResult> RunAsync<TArgument, TResult>(
        Func<TArgument, Task<TResult>> work, TArgument argument, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, TResult>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task<TResult> RunAsync<TArgument, TResult>(
        Func<TArgument, Task<TResult>> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, TResult>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task RunAsync<TArgument>(
        Action<TArgument, CancellationToken> work, TArgument argument, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, Nothing>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task RunAsync<TArgument>(
        Action<TArgument, CancellationToken> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, Nothing>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task RunAsync<TArgument>(
        Action<TArgument> work, TArgument argument, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, Nothing>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task RunAsync<TArgument>(
        Action<TArgument> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, Nothing>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task RunAsync<TArgument>(
        Func<TArgument, CancellationToken, Task> work, TArgument argument, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, Nothing>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public Task RunAsync<TArgument>(
        Func<TArgument, CancellationToken, Task> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, Nothing>(work), argument, options, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task RunAsync<TArgument>(
        Func<TArgument, Task> work, TArgument argument, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, Nothing>(work), argument, SubmitOptions.Default, cancellationToken);

    /// <inheritdoc cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />
    public Task RunAsync<TArgument>(
        Func<TArgument, Task> work, TArgument argument, SubmitOptions options, CancellationToken cancellationToken = default) =>
        RunCore(new Work<TArgument, Nothing>(work), argument, options, cancellationToken);
}
