namespace ManyHands.Scenarios.Tests.FutureSemantics;

/// <summary>A future in each of the five states, on an executor with one worker, until this is disposed.</summary>
public sealed class OneInEachState : IAsyncDisposable
{
    private readonly Executor _pool;
    private readonly Gate _gate;

    private OneInEachState(Executor pool, Gate gate) => (_pool, _gate) = (pool, gate);

    public required Future<int> Queued { get; init; }

    public required Future<int> Running { get; init; }

    public required Future<int> Cancelled { get; init; }

    public required Future<int> Failed { get; init; }

    public required Future<int> Succeeded { get; init; }

    public IReadOnlyList<Future<int>> All => [Queued, Running, Cancelled, Failed, Succeeded];

    /// <summary>Makes them, and owns the executor from now on.</summary>
    public static async Task<OneInEachState> Make(Executor pool, Gate gate)
    {
        Future<int> succeeded = await pool.SubmitAsync(Arithmetic.AddOne, 41).Time();
        Future<int> failed = await pool.SubmitAsync(Failing.Throw, "test").Time();
        await succeeded.Task.Time();
        await Should.ThrowAsync<InvalidOperationException>(() => failed.Task.Time());
        Future<int> running = await pool.SubmitAsync(Gated.AnswerPolitely, (gate, 7)).Time();
        await Within.Until(() => gate.HasBegun);
        Future<int> cancelled = await pool.SubmitAsync(Arithmetic.AddOne, 1).Time();
        cancelled.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => cancelled.Task.Time());
        return new OneInEachState(pool, gate)
        {
            Queued = await pool.SubmitAsync(Arithmetic.AddOne, 8).Time(),
            Running = running,
            Cancelled = cancelled,
            Failed = failed,
            Succeeded = succeeded,
        };
    }

    /// <summary>Lets the running one end; the queued one follows.</summary>
    public void Open() => _gate.Open();

    public async ValueTask DisposeAsync()
    {
        Open();
        await _pool.CloseAsync().Time();
    }
}
