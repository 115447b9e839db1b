namespace ManyHands.Scenarios.Tests;

/// <summary>An executor with two workers that all tests of a class use, whatever they do to it.</summary>
public sealed class SharedExecutor<TFixture> : IAsyncLifetime
    where TFixture : ExecutorFixture, new()
{
    public TFixture Fixture { get; } = new();

    public Executor Executor { get; private set; } = null!;

    public Task InitializeAsync()
    {
        Executor = Fixture.Create(new ExecutorOptions { Workers = 2, KillAfter = TimeSpan.FromMilliseconds(200) });
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => Executor.CloseAsync(CloseMode.Kill).Time();
}
