using ManyHands.Payloads;
using ManyHands.Protocol;

namespace ManyHands.Chaos.Fuzzing;

/// <summary>Valid bytes of everything that is read on either side.</summary>
internal static class Samples
{
    private static readonly Exception[] _errors =
    [
        new InvalidOperationException("out of order", new IOException("no disk")),
        new AggregateException("several", new ArgumentOutOfRangeException("count", 7, "too many"), new TimeoutException()),
        new PayloadException("text: too long"),
        new PayloadTooLargeException(10, 20),
        new TaskTimeoutException("late", TimeSpan.FromSeconds(3)),
        new WorkerLostException(new TaskId(5), "Work.Do", 77, WorkerLossCause.Killed, LostTaskState.Started, 1, signal: 9, report: new(7) { LastLines = ["a", "b"] }),
        new System.Net.Sockets.SocketException(111),
        new MapFailedException([new MapFailure(3, "three", new FormatException("not a number"))]),
    ];

    public static RemoteFailure Failure(Random random) => RemoteFailure.From(_errors[random.Next(_errors.Length)]);

    public static byte[] Of(Action<PayloadWriter> write)
    {
        var writer = new PayloadWriter();
        write(writer);
        return writer.WrittenSpan.ToArray();
    }

    public static byte[] Settings(Random random) => Of(new WorkerSettings
    {
        ParentPid = random.Next(),
        Depth = 1,
        ProcessBudget = 3,
        Application = ApplicationIdentity.Own,
        Codec = [],
        Initializer = Of(WorkReference.From(FuzzWork.AddOne).Write),
        InitializerArgument = [1, 2, 3, 4],
    }.Write);

    public static byte[] Value<T>(T value) => Of(writer => PayloadCodec.Encode(PayloadCodec.Default, value, writer, PayloadSide.Submit));
}
