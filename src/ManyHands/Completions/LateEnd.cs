namespace ManyHands.Completions;

/// <summary>
/// What is left to do for a task that has ended where it ran, and not for its caller yet: decoding its result, rebuilding its error. Either runs code of
/// others and may take its time, so it is an errand; and whoever cancels the task or closes its executor need not wait for it.
/// </summary>
/// <param name="item">The item that the task belongs to.</param>
/// <param name="asked">Its caller had cancelled it already when it ended where it ran: one that ends well all the same has its result.</param>
/// <param name="prepare">Runs the code of others. What it returns ends the task.</param>
/// <param name="fail">Ends the task with an error instead.</param>
/// <param name="giveUp">Ends the task as cancelled instead.</param>
internal sealed class LateEnd(WorkItem item, bool asked, Func<Action> prepare, Action<Exception> fail, Action giveUp)
{
    private readonly IWorkOwner? _owner = item.Owner;
    private int _isOver;

    /// <summary>The item that the task belongs to.</summary>
    public WorkItem Item => item;

    /// <summary>Does it soon. The owner has not ended before the task has.</summary>
    public void Begin()
    {
        _owner?.Hold();
        if (_owner?.Expect(this) == false)
        {
            GiveUp();
            return;
        }

        Errands.Run(static end => end.Run(), this);
        if (!asked && item.CancelReason == CancelReason.Caller)
            GiveUp(); // in between, when the owner did not know of it yet
    }

    /// <summary>Ends the task without it, if that is not too late.</summary>
    public void GiveUp()
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
            End(giveUp);
    }

    private void Run()
    {
        if (Volatile.Read(ref _isOver) != 0)
            return;
        Action end = giveUp;
        try
        {
            if (_owner is null)
                end = prepare();
            else
                new Visit(_owner, "the decoding of a result", CloseMode.Drain).Run(prepare => end = prepare(), prepare);
        }
        catch (Exception error) // no memory, or whatever else: it is that of the task
        {
            end = () => fail(error);
        }

        if (Interlocked.Exchange(ref _isOver, 1) == 0)
            End(end);
    }

    private void End(Action end)
    {
        _owner?.Forget(this);
        end();
        _owner?.Release();
    }
}
