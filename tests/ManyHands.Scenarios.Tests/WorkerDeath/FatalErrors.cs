namespace ManyHands.Scenarios.Tests.WorkerDeath;

/// <summary>Errors that the runtime does not survive.</summary>
public abstract class FatalErrors<TFixture>(SharedExecutor<TFixture> shared) : Scenarios<TFixture>(shared)
    where TFixture : ExecutorFixture, new()
{
    [SkippableFact]
    [Ported("RemoteExecutor/RemoteExecutorTests/FatalError_AV")]
    [Fault(3)]
    public Task An_access_violation() => IsFatal(() => Pool.RunAsync(Recursing.WriteNowhere, 1), nameof(AccessViolationException));

    [SkippableFact]
    [Ported("RemoteExecutor/RemoteExecutorTests/AsyncAction_FatalError_AV")]
    [Fault(3)]
    public Task An_access_violation_after_an_await() => IsFatal(() => Pool.RunAsync(Recursing.WriteNowhereLater, 1), nameof(AccessViolationException));

    [SkippableFact]
    [Ported("RemoteExecutor/RemoteExecutorTests/FatalError_Runtime")]
    [Fault(3)]
    public Task A_fatal_error_of_the_runtime() => IsFatal(() => Pool.RunAsync(Recursing.BreakTheRuntime, 1));

    [SkippableFact]
    [Ported("RemoteExecutor/RemoteExecutorTests/AsyncAction_FatalError_Runtime")]
    [Fault(3)]
    public Task A_fatal_error_of_the_runtime_after_an_await() => IsFatal(() => Pool.RunAsync(Recursing.BreakTheRuntimeLater, 1));

    [SkippableFact]
    [Ported("dotnet-runtime/stackoverflowtester/TestStackOverflowSmallFrameMainThread")]
    [Fault(4)]
    public Task A_stack_overflow_of_small_frames() => Overflows(Frames.Small, ownThread: false);

    [SkippableFact]
    [Ported("dotnet-runtime/stackoverflowtester/TestStackOverflowLargeFrameMainThread")]
    [Fault(4)]
    public Task A_stack_overflow_of_large_frames() => Overflows(Frames.Large, ownThread: false);

    [SkippableFact]
    [Ported("dotnet-runtime/stackoverflowtester/TestStackOverflowSmallFrameSecondaryThread")]
    [Fault(4)]
    public Task A_stack_overflow_of_small_frames_on_another_thread() => Overflows(Frames.Small, ownThread: true);

    [SkippableFact]
    [Ported("dotnet-runtime/stackoverflowtester/TestStackOverflowLargeFrameSecondaryThread")]
    [Fault(4)]
    public Task A_stack_overflow_of_large_frames_on_another_thread() => Overflows(Frames.Large, ownThread: true);

    [SkippableFact]
    [Ported("dotnet-runtime/stackoverflowtester/TestStackOverflow3")]
    [Fault(4)]
    public Task A_stack_overflow_through_delegates_and_interfaces() => Overflows(Frames.Mixed, ownThread: false);

    private async Task IsFatal(Func<Task> submit, string? text = null)
    {
        NeedsProcesses();
        Task<int>[] neighbours = [.. Enumerable.Range(0, 10).Select(number => Pool.RunAsync(Arithmetic.AddOne, number))];
        var error = await Should.ThrowAsync<WorkerLostException>(() => submit().Time());
        error.Cause.ShouldBe(WorkerLossCause.Crashed);
        if (text is not null) // the runtime does not always find words when it is broken itself
            error.Message.ShouldContain(text);
        (await Task.WhenAll(neighbours).Time()).ShouldBe(Enumerable.Range(1, 10));
    }

    private async Task Overflows(Frames frames, bool ownThread)
    {
        NeedsProcesses();
        var error = await Should.ThrowAsync<WorkerLostException>(() => Pool.RunAsync(Recursing.Overflow, (frames, ownThread)).Time());
        error.Cause.ShouldBe(WorkerLossCause.StackOverflow, error.Message);
        error.Message.ShouldContain(nameof(Recursing));
        (await Pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
    }
}

public sealed class FatalErrorsOnThreads(SharedExecutor<OnThreads> shared) : FatalErrors<OnThreads>(shared);

public sealed class FatalErrorsOnContexts(SharedExecutor<OnContexts> shared) : FatalErrors<OnContexts>(shared);

public sealed class FatalErrorsOnProcesses(SharedExecutor<OnProcesses> shared) : FatalErrors<OnProcesses>(shared);

public sealed class FatalErrorsOverPortableTransport(SharedExecutor<OverPortableTransport> shared) : FatalErrors<OverPortableTransport>(shared);
