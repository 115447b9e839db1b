using ManyHands.Chaos.Boards;

namespace ManyHands.Chaos.Victims;

/// <summary>What the tasks run.</summary>
internal static class Works
{
    private static readonly TimeSpan _meetingLimit = TimeSpan.FromSeconds(30);

    public static Answer Do(Order order) => Do(order, CancellationToken.None);

    public static Answer DoOrStop(Order order, CancellationToken cancellation) => Do(order, cancellation);

    public static async Task<Answer> DoAsync(Order order)
    {
        Victim.Executing();
        await Task.Delay(TimeSpan.FromMicroseconds(order.Micros)).ConfigureAwait(false);
        return Answered(order);
    }

    private static Answer Do(Order order, CancellationToken cancellation)
    {
        Victim.Executing();
        try
        {
            switch (order.Deed)
            {
                case Deed.Spin:
                    long start = Clock.Now;
                    while (Clock.Between(start, Clock.Now).TotalMicroseconds < order.Micros)
                        cancellation.ThrowIfCancellationRequested();
                    break;
                case Deed.Wait:
                    cancellation.WaitHandle.WaitOne(TimeSpan.FromMicroseconds(order.Micros));
                    cancellation.ThrowIfCancellationRequested();
                    break;
                case Deed.Throw:
                    throw new InvalidOperationException($"Task {order.Task} was ordered to throw.");
                case Deed.Meet:
                    if (!SpinWait.SpinUntil(Victim.AllHaveMet(order.AnswerSize), _meetingLimit))
                        throw new TimeoutException("The other workers did not come.");
                    return new Answer(order.Task, Environment.ProcessId, 0, default);
            }
        }
        catch
        {
            Victim.Ended(); // no codec will see a result
            throw;
        }

        return Answered(order);
    }

    private static Answer Answered(Order order) =>
        new(order.Task, Environment.ProcessId, Pattern.Sum(order.Data.Span), order.Data[..order.AnswerSize]);
}
