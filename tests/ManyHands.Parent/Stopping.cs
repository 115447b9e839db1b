using System.Runtime.InteropServices;
using ManyHands;
using ManyHands.Conformance.Work;

/// <summary>
/// An application that stops as one should: the first SIGINT or SIGTERM lets what was taken end, a second one, or the end of the grace, kills.
/// It takes three lines of an application's own and <see cref="Executor.CloseAsync"/>.
/// </summary>
internal sealed class Stopping : IDisposable
{
    private readonly TaskCompletionSource<PosixSignal> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    public Stopping() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Heard),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Heard),
    ];

    /// <summary>Runs one task that waits for a file and one that the queue holds; tells the worker, then how it stops, then what became of both.</summary>
    /// <returns>The exit code that a shell expects of a program that a signal ended.</returns>
    public async Task<int> Run(string gate, TimeSpan grace, Func<string, Task> tell)
    {
        var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, Output = WorkerOutput.Discard });
        string begun = gate + ".begun";
        Task<string> running = pool.RunAsync(Waiting.ForFile, (begun, gate));
        Task<int> queued = pool.RunAsync(Arithmetic.AddOne, 41);
        while (!File.Exists(begun))
            await Task.Delay(5);
        await tell(await File.ReadAllTextAsync(begun));

        PosixSignal signal = await _first.Task;
        Task drained = pool.CloseAsync(CloseMode.Drain);
        await tell("draining");
        if (await Task.WhenAny(drained, _second.Task, Task.Delay(grace)) != drained)
        {
            await tell("killing");
            await pool.CloseAsync(CloseMode.Kill);
        }

        await tell($"{await Outcome(running)} {await Outcome(queued)}");
        return signal == PosixSignal.SIGINT ? 130 : 143;
    }

    public void Dispose() => Array.ForEach(_registrations, registration => registration.Dispose());

    private void Heard(PosixSignalContext context)
    {
        context.Cancel = true; // the process ends when it has stopped
        if (!_first.TrySetResult(context.Signal))
            _second.TrySetResult();
    }

    private static async Task<string> Outcome(Task task)
    {
        try
        {
            await task;
            return "done";
        }
        catch (Exception error)
        {
            return error.GetType().Name;
        }
    }
}
