using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ManyHands;

/// <content>One task, handed in if there is room.</content>
public abstract partial class Executor
{
    /// <summary>
    /// Hands in one task if the queue has room for it, without waiting. For the rest see
    /// <see cref="RunAsync{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, CancellationToken)" />.
    /// </summary>
    /// <param name="work">What to run.</param>
    /// <param name="argument">What to give it.</param>
    /// <param name="future">The accepted task.</param>
    /// <param name="cancellationToken">Cancels the task, queued or running.</param>
    /// <returns>False where the queue is full; nothing was handed in then.</returns>
    /// <exception cref="ArgumentException">The work cannot be run here: the message names what it captures, or what is wrong with it.</exception>
    /// <exception cref="PayloadException">The argument, or whatever the result's declared type can hold, cannot travel unchanged; the message names the member.</exception>
    /// <exception cref="ObjectDisposedException">The executor has been closed.</exception>
    /// <exception cref="ExecutorBrokenException">Its workers cannot be started.</exception>
    [OverloadResolutionPriority(1)]
    public bool TrySubmit<TArgument, TResult>(
        Func<TArgument, CancellationToken, TResult> work, TArgument argument, [NotNullWhen(true)] out Future<TResult>? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitCore(new Work<TArgument, TResult>(work), argument, SubmitOptions.Default, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public bool TrySubmit<TArgument, TResult>(
        Func<TArgument, CancellationToken, TResult> work, TArgument argument, SubmitOptions options, [NotNullWhen(true)] out Future<TResult>? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitCore(new Work<TArgument, TResult>(work), argument, options, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    public bool TrySubmit<TArgument, TResult>(
        Func<TArgument, TResult> work, TArgument argument, [NotNullWhen(true)] out Future<TResult>? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitCore(new Work<TArgument, TResult>(work), argument, SubmitOptions.Default, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    public bool TrySubmit<TArgument, TResult>(
        Func<TArgument, TResult> work, TArgument argument, SubmitOptions options, [NotNullWhen(true)] out Future<TResult>? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitCore(new Work<TArgument, TResult>(work), argument, options, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public bool TrySubmit<TArgument, TResult>(
        Func<TArgument, CancellationToken, Task<TResult>> work, TArgument argument, [NotNullWhen(true)] out Future<TResult>? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitCore(new Work<TArgument, TResult>(work), argument, SubmitOptions.Default, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public bool TrySubmit<TArgument, TResult>(
        Func<TArgument, CancellationToken, Task<TResult>> work, TArgument argument, SubmitOptions options, [NotNullWhen(true)] out Future<TResult>? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitCore(new Work<TArgument, TResult>(work), argument, options, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    public bool TrySubmit<TArgument, TResult>(
        Func<TArgument, Task<TResult>> work, TArgument argument, [NotNullWhen(true)] out Future<TResult>? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitCore(new Work<TArgument, TResult>(work), argument, SubmitOptions.Default, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    public bool TrySubmit<TArgument, TResult>(
        Func<TArgument, Task<TResult>> work, TArgument argument, SubmitOptions options, [NotNullWhen(true)] out Future<TResult>? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitCore(new Work<TArgument, TResult>(work), argument, options, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public bool TrySubmit<TArgument>(
        Action<TArgument, CancellationToken> work, TArgument argument, [NotNullWhen(true)] out Future? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitActionCore(new Work<TArgument, Nothing>(work), argument, SubmitOptions.Default, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public bool TrySubmit<TArgument>(
        Action<TArgument, CancellationToken> work, TArgument argument, SubmitOptions options, [NotNullWhen(true)] out Future? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitActionCore(new Work<TArgument, Nothing>(work), argument, options, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    public bool TrySubmit<TArgument>(
        Action<TArgument> work, TArgument argument, [NotNullWhen(true)] out Future? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitActionCore(new Work<TArgument, Nothing>(work), argument, SubmitOptions.Default, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    public bool TrySubmit<TArgument>(
        Action<TArgument> work, TArgument argument, SubmitOptions options, [NotNullWhen(true)] out Future? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitActionCore(new Work<TArgument, Nothing>(work), argument, options, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public bool TrySubmit<TArgument>(
        Func<TArgument, CancellationToken, Task> work, TArgument argument, [NotNullWhen(true)] out Future? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitActionCore(new Work<TArgument, Nothing>(work), argument, SubmitOptions.Default, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    [OverloadResolutionPriority(1)]
    public bool TrySubmit<TArgument>(
        Func<TArgument, CancellationToken, Task> work, TArgument argument, SubmitOptions options, [NotNullWhen(true)] out Future? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitActionCore(new Work<TArgument, Nothing>(work), argument, options, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    public bool TrySubmit<TArgument>(
        Func<TArgument, Task> work, TArgument argument, [NotNullWhen(true)] out Future? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitActionCore(new Work<TArgument, Nothing>(work), argument, SubmitOptions.Default, out future, cancellationToken);

    /// <inheritdoc cref="TrySubmit{TArgument, TResult}(Func{TArgument, CancellationToken, TResult}, TArgument, out Future{TResult}, CancellationToken)" />
    public bool TrySubmit<TArgument>(
        Func<TArgument, Task> work, TArgument argument, SubmitOptions options, [NotNullWhen(true)] out Future? future,
        CancellationToken cancellationToken = default) =>
        TrySubmitActionCore(new Work<TArgument, Nothing>(work), argument, options, out future, cancellationToken);
}
