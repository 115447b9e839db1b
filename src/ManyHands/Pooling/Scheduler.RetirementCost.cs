namespace ManyHands.Pooling;

/// <content>What retirement costs, beside what the workers that retired had done.</content>
internal sealed partial class Scheduler
{
    private const int JudgedBy = 8;

    private readonly Queue<RetirementCost> _recentlyRetired = [];
    private bool _saidCostly;

    /// <summary>Of all workers that retired after they had run something.</summary>
    public RetirementCost RetirementCost { get; private set; } = new(0, TimeSpan.Zero, TimeSpan.Zero);

    private void NoteRetired(Worker worker)
    {
        if (worker.Tasks == 0 || worker.ReadyAt is not { } readyAt)
            return;
        var cost = new RetirementCost(1, readyAt - worker.StartedAt, worker.Worked);
        RetirementCost += cost;
        _recentlyRetired.Enqueue(cost);
        if (_recentlyRetired.Count < JudgedBy)
            return;
        if (_recentlyRetired.Count > JudgedBy)
            _recentlyRetired.Dequeue();
        RetirementCost recent = _recentlyRetired.Aggregate((sum, one) => sum + one);
        if (recent.ExceedsWork && !_saidCostly)
            _actions.Add(new(SchedulerActionKind.Event, Data: new RetirementExceedsWork(recent)));
        _saidCostly = recent.ExceedsWork;
    }
}
