using ManyHands.Payloads;

namespace ManyHands.Chaos.Fuzzing;

/// <summary>A work item that only notes what it is told.</summary>
internal sealed class FuzzItem : WorkItem
{
    private readonly bool[] _ended;

    public FuzzItem(int count) : base(SubmitOptions.Default)
    {
        _ended = new bool[count];
        Reference = WorkReference.From(FuzzWork.AddOne);
        Context = CallContext.Capture();
    }

    public override string Name => "fuzz";

    public override bool TakesToken => false;

    public override int Count => _ended.Length;

    public override bool IsBatch => Count > 1;

    public override long ArgumentBytes => WriteArguments().Length;

    /// <summary>Its tasks have all ended.</summary>
    public bool IsComplete => Array.TrueForAll(_ended, ended => ended);

    public bool HasAnyEnded => Array.Exists(_ended, ended => ended);

    public override Task? Run(RunningItem running) => null;

    public override void CancelRun()
    {
    }

    public override ReadOnlyMemory<byte> WriteArguments()
    {
        var writer = new PayloadWriter();
        for (int i = 0; i < Count; i++)
        {
            if (IsBatch)
                writer.WriteInt32(sizeof(int));
            writer.WriteInt32(i);
        }

        return writer.WrittenMemory;
    }

    public override void Complete(int index, ReadOnlySpan<byte> result) => _ended[index] = true;

    public override LargeValue? LargeResult(int length) => LargeValue.ToFill<long[]>(PayloadCodec.Default, length);

    public override void Complete(LargeValue result) => _ended[0] = true;

    // What a real item does on the thread pool, where an exception would end the process.
    public override void FailRemotely(int index, RemoteFailure failure)
    {
        _ = failure.Rebuild(typeof(FuzzItem).Assembly).ToString();
        _ended[index] = true;
    }

    public override void FailOne(int index, Exception error) => _ended[index] = true;

    public override void FailAll(Exception error) => Array.Fill(_ended, true);

    public override void EndCancelled() => Array.Fill(_ended, true);

    public override bool HasEnded(int index) => _ended[index];

    public override WorkItem? TakeRest(int cut) => throw new NotSupportedException("Nothing is taken from it.");
}
