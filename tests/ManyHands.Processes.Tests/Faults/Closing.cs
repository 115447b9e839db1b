using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>Executors that close while much else happens.</summary>
public sealed class Closing
{
    [Theory, Fault(37)]
    [InlineData(CloseMode.Drain)]
    [InlineData(CloseMode.Cancel)]
    [InlineData(CloseMode.Kill)]
    public async Task Workers_that_die_at_any_moment_of_it_do_not_hold_it_up(CloseMode mode)
    {
        var random = new Random((int)mode);
        for (int round = 0; round < 4; round++)
        {
            ProcessExecutor pool = FaultPool.Of(2);
            Task[] tasks =
            [
                .. Enumerable.Range(0, 10).Select(_ => pool.RunAsync(Waiting.For, random.Next(1, 5))),
                .. Enumerable.Range(0, 2).Select(_ => pool.RunAsync(Dying.DieSoon, random.Next(100))),
                .. Enumerable.Range(0, 10).Select(_ => pool.RunAsync(Waiting.For, random.Next(1, 5))),
            ];
            await Task.WhenAny(tasks).Time();
            int[] pids = [.. pool.Snapshot().Workers.Select(worker => worker.Pid ?? 0)];
            await pool.CloseAsync(mode).Time();
            await Task.WhenAll(tasks.Select(task => task.ContinueWith(_ => { }, TaskScheduler.Default))).Time();
            tasks.Where(task => task.IsFaulted).ShouldAllBe(task =>
                task.Exception!.InnerException is WorkerLostException || (mode != CloseMode.Drain && task.Exception!.InnerException is ObjectDisposedException));
            pool.Snapshot().Workers.ShouldBeEmpty();
            pids.ShouldAllBe(pid => !Signals.IsAlive(pid));
        }
    }
}
