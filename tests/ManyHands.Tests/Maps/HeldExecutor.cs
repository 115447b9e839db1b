using ManyHands.Completions;

namespace ManyHands.Tests.Maps;

/// <summary>An executor that keeps what it is given until a test says what becomes of it, or runs it at once on the submitter's thread.</summary>
internal sealed class HeldExecutor(bool runsAtOnce = false)
    : Executor(new ExecutorTraits(Isolation.None, CopiesArguments: false, CanKill: false, Delivery.AtMostOnce)), IWorkOwner
{
    private readonly List<WorkItem> _held = [];

    public IReadOnlyList<WorkItem> Held
    {
        get
        {
            lock (_held)
                return [.. _held];
        }
    }

    /// <summary>Tasks that were submitted and have not ended, at most.</summary>
    public int MostAtOnce { get; private set; }

    public List<TaskOutcome> Outcomes { get; } = [];

    public bool IsClosed { get; set; }

    internal override int Lanes => 2;

    private protected override IPayloadCodec Codec => throw new NotSupportedException();

    public override ExecutorSnapshot Snapshot() => throw new NotSupportedException();

    internal override IEnumerable<IWorkOwner> Pools => [this];

    private protected override Task EndAsync(CloseMode mode)
    {
        IsClosed = true;
        return Task.CompletedTask;
    }

    public void Run(WorkItem item)
    {
        lock (_held)
            _held.Remove(item);
        item.Generation++;
        item.Word = Claim.Open(item.Generation, item.Count);
        item.Run(new RunningItem(item, item.Generation)).ShouldBeNull();
        item.Publish();
    }

    public void RequestCancel(WorkItem item, CancelReason reason)
    {
        if (!item.TryMarkCancelled(reason))
            return;
        lock (_held)
        {
            if (!_held.Remove(item))
                return;
        }

        item.EndCancelled();
    }

    public void Ended(WorkItem item, TaskOutcome outcome, Exception? error, int count = 1)
    {
        lock (Outcomes)
            Outcomes.AddRange(Enumerable.Repeat(outcome, count));
    }

    public void Hold()
    {
    }

    public void Release()
    {
    }

    public bool Expect(LateEnd end) => true;

    public void Forget(LateEnd end)
    {
    }

    internal override Admission Submit(WorkItem item, bool mayWait)
    {
        ThrowIfClosed();
        item.Owner = this;
        lock (_held)
        {
            _held.Add(item);
            MostAtOnce = Math.Max(MostAtOnce, _held.Sum(held => held.Count));
        }

        if (runsAtOnce)
            Run(item);
        return Admission.Accepted;
    }

    private protected override void ThrowIfClosed() => ObjectDisposedException.ThrowIf(IsClosed, this);
}
