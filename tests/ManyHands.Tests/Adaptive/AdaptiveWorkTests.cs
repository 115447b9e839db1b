using ManyHands.Adaptive;
using ManyHands.Conformance.Work;
using ManyHands.Payloads;
using ManyHands.Pooling;
using ManyHands.Tests.Pooling;

namespace ManyHands.Tests.Adaptive;

/// <summary>Where a method's tasks go, from invented measurements and invented workers.</summary>
public sealed class AdaptiveWorkTests : IAsyncDisposable
{
    private static readonly Measurement _waits = new(10, TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(1), TimeSpan.Zero);

    private readonly Adaptation _adaptation = new(
        new WorkerPool(SimulatedPool.Ordinary, (_, number) => new NeverReady(number), observer: null), new Limits(8, 6, 12, 256), new ExecutorOptions());

    private readonly WorkReference _reference = WorkReference.From((Func<int, int>)Arithmetic.AddOne);

    [Fact]
    public void What_declares_nothing_follows_what_is_measured()
    {
        AdaptiveWork work = Submitted(kind: null);
        work.IsLearning.ShouldBeTrue();
        Measure(work);
        work.EncodesNext.ShouldBeFalse();
    }

    [Fact]
    public void What_is_declared_as_computing_is_never_judged()
    {
        AdaptiveWork work = Submitted(WorkKind.Computing);
        for (int i = 0; i < 3; i++)
        {
            work.IsLearning.ShouldBeFalse();
            Measure(work);
            work.EncodesNext.ShouldBeTrue();
            work.LearnAgain();
        }

        work.Threads.ShouldBeNull();
    }

    [Fact]
    public void What_was_judged_before_it_is_declared_does_not_count()
    {
        Measure(Submitted(kind: null));
        Submitted(WorkKind.Computing).EncodesNext.ShouldBeTrue();
        _adaptation.Choices.Select(choice => choice.Executor).Order().ShouldBe([nameof(ProcessExecutor), nameof(ThreadExecutor)]);
    }

    [Fact]
    public void A_method_that_cost_a_worker_leaves_the_threads_at_once_whatever_is_declared()
    {
        AdaptiveWork waiting = Submitted(WorkKind.Waiting);
        waiting.EncodesNext.ShouldBeFalse();
        var lost = new SimulatedItem("lost");
        AdaptiveWork undeclared = Submitted(kind: null);
        undeclared.Ended(lost, 1, new WorkerLostException(lost.Id, "lost", 1, WorkerLossCause.Killed, LostTaskState.Started, 1));
        waiting.EncodesNext.ShouldBeTrue();
    }

    public async ValueTask DisposeAsync()
    {
        await _adaptation.Processes.CloseAsync(CloseMode.Kill);
        foreach (ThreadExecutor threads in _adaptation.Close())
            await threads.DisposeAsync();
    }

    private AdaptiveWork Submitted(WorkKind? kind)
    {
        AdaptiveWork work = _adaptation.Of(_reference, kind);
        var options = new SubmitOptions { Kind = kind };
        work.Submit(new TaskItem<int, int>(new Work<int, int>((Func<int, int>)Arithmetic.AddOne), 1, options, PayloadCodec.Default, mayRunHere: true, default), mayWait: true);
        return work;
    }

    private static void Measure(AdaptiveWork work)
    {
        work.Add(_waits);
        work.Look(default);
    }

    /// <summary>A process that takes its time to start.</summary>
    private sealed class NeverReady(int number) : Worker(number, lanes: 1)
    {
        public override bool Start() => false;

        public override void Dispatch(Lane lane, WorkItem item) => throw new NotSupportedException();

        public override int TakeBack(WorkItem item, int leave = 0) => 0;

        public override int Begun(WorkItem item) => 0;

        public override WorkerLoss? Kill() => new Loss();

        public override WorkerLoss? Stop() => new Loss();

        public override void CancelPolitely(WorkItem item)
        {
        }
    }

    private sealed record Loss : WorkerLoss
    {
        public override string Detail => "It never was ready.";

        public override Exception ErrorFor(WorkItem item) => new NotSupportedException();
    }
}
