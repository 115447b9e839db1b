using ManyHands.Chaos.Victims;

namespace ManyHands.Chaos.Feeding;

/// <summary>Submits one wave of tasks of all kinds to one executor, and writes into the book how each ended.</summary>
internal sealed class Feeder(ProcessExecutor pool, TaskBook book, Random random)
{
    private static readonly TimeSpan _plenty = TimeSpan.FromMinutes(5);

    /// <summary>Ends when the caller knows the end of every task.</summary>
    public Task Feed(int tasks)
    {
        List<Task> all =
        [
            Map(Part(0.25), ordered: true),
            Map(Part(0.20), ordered: false),
            LeftMap(Part(0.05)),
            RepeatableMap(Part(0.02)),
        ];
        Add(Part(0.01), TaskKind.Milliseconds, (id, order) => pool.RunAsync(Works.Do, order));
        Add(Part(0.005), TaskKind.Large, (id, order) => pool.RunAsync(Works.Do, order));
        Add(Part(0.01), TaskKind.Async, (id, order) => pool.RunAsync(Works.DoAsync, order));
        Add(Part(0.005), TaskKind.Throwing, (id, order) => pool.RunAsync(Works.Do, order));
        Add(Part(0.01), TaskKind.Cancelled, (id, order) => Cancelled(order));
        Add(Part(0.005), TaskKind.TimedOut, (id, order) => TimedOut(order));
        var again = new SubmitOptions { Idempotent = true, Retry = new() { On = RetryCauses.Any } };
        Add(Part(0.05), TaskKind.Repeatable, (id, order) => pool.RunAsync(Works.Do, order, again));
        Add(Part(0.38), TaskKind.Tiny, (id, order) => pool.RunAsync(Works.Do, order));
        return Task.WhenAll(all);

        int Part(double share) => Math.Max(1, (int)(tasks * share));

        void Add(int count, TaskKind kind, Func<int, Order, Task<Answer>> submit)
        {
            int first = book.Take(count, kind);
            for (int id = first; id < first + count; id++)
            {
                Order order = NewOrder(id, kind);
                all.Add(Note(order, submit(id, order)));
            }
        }
    }

    private Order NewOrder(int id, TaskKind kind)
    {
        int size = kind switch
        {
            TaskKind.Large when random.Next(4) == 0 => random.Next(Pattern.MaxSize / 8, Pattern.MaxSize + 1),
            TaskKind.Large => random.Next(1024, 64 * 1024),
            _ => random.Next(64),
        };
        int micros = kind switch
        {
            TaskKind.Milliseconds or TaskKind.Async => random.Next(1000, 5000),
            TaskKind.Cancelled or TaskKind.TimedOut => random.Next(10_000, 40_000),
            TaskKind.Repeatable when random.Next(10) == 0 => random.Next(1000, 3000),
            _ => random.Next(4) == 0 ? random.Next(30) : 0,
        };
        Deed deed = kind switch
        {
            TaskKind.Throwing => Deed.Throw,
            TaskKind.Milliseconds => random.Next(2) == 0 ? Deed.Wait : Deed.Spin,
            TaskKind.Cancelled or TaskKind.TimedOut => Deed.Wait,
            _ => Deed.Spin,
        };
        return new Order(id, deed, micros, random.Next(3) == 0 ? size : 0, Pattern.Of(id, size));
    }

    private async Task Note(Order order, Task<Answer> task)
    {
        try
        {
            Answer answer = await task;
            book.End(order.Task, IsRight(order, answer) ? TaskEnd.Result : TaskEnd.Wrong);
        }
        catch (Exception error) // every end goes into the book
        {
            book.End(order.Task, EndOf(order, error), error);
        }
    }

    private async Task<Answer> Cancelled(Order order)
    {
        // Most are asked; the work of some takes no token, which costs their worker its life.
        using var cancellation = new CancellationTokenSource();
        var wait = TimeSpan.FromMilliseconds(random.NextDouble() * 12);
        if (random.Next(2) == 0)
            cancellation.CancelAfter(wait);
        Future<Answer> future = random.Next(20) == 0
            ? await pool.SubmitAsync(Works.Do, order, cancellation.Token)
            : await pool.SubmitAsync(Works.DoOrStop, order, cancellation.Token);
        await Task.Delay(wait, CancellationToken.None);
        future.Cancel();
        return await future;
    }

    private Task<Answer> TimedOut(Order order)
    {
        bool late = random.Next(2) == 0;
        var options = new SubmitOptions { Timeout = late ? TimeSpan.FromMilliseconds(random.Next(2, 10)) : _plenty };
        return random.Next(20) == 0 ? pool.RunAsync(Works.Do, order, options) : pool.RunAsync(Works.DoOrStop, order, options);
    }

    private async Task Map(int count, bool ordered)
    {
        int first = book.Take(count, TaskKind.Map);
        Order[] orders = [.. Enumerable.Range(first, count).Select(id => NewOrder(id, TaskKind.Map))];
        var options = new MapOptions { OnFailure = OnFailure.Continue };
        await Read(orders, ordered ? pool.MapAsync(orders, Works.Do, options) : pool.MapUnorderedAsync(orders, Works.Do, options), ordered);
    }

    private async Task RepeatableMap(int count)
    {
        int first = book.Take(count, TaskKind.Repeatable);
        Order[] orders = [.. Enumerable.Range(first, count).Select(id => NewOrder(id, TaskKind.Repeatable))];
        var options = new MapOptions { OnFailure = OnFailure.Continue, Idempotent = true, Retry = new() { On = RetryCauses.Any } };
        await Read(orders, pool.MapAsync(orders, Works.Do, options), ordered: true);
    }

    /// <summary>Reads a map that goes on past failures.</summary>
    private async Task Read(Order[] orders, IAsyncEnumerable<Answer> answers, bool ordered)
    {
        int first = orders[0].Task, last = first - 1;
        try
        {
            await foreach (Answer answer in answers)
                last = Take(orders, answer, last, ordered);
        }
        catch (MapFailedException failed)
        {
            foreach (MapFailure failure in failed.Failures)
                book.End(first + (int)failure.Index, EndOf(orders[failure.Index], failure.Error), failure.Error);
        }
    }

    /// <summary>A map that stops at the first failure, or is left at some result.</summary>
    private async Task LeftMap(int count)
    {
        int first = book.Take(count, TaskKind.LeftMap);
        Order[] orders = [.. Enumerable.Range(first, count).Select(id => NewOrder(id, TaskKind.LeftMap))];
        int last = first - 1, leaveAt = first + random.Next(count);
        try
        {
            await foreach (Answer answer in pool.MapAsync(orders, Works.Do))
            {
                last = Take(orders, answer, last, ordered: true);
                if (last >= leaveAt)
                    break;
            }
        }
        catch (WorkerLostException lost)
        {
            lock (book.NamedByMaps)
                book.NamedByMaps.Add(lost.Pid);
        }

        for (int id = first; id < first + count; id++)
        {
            if (book[id].End == TaskEnd.None)
                book.End(id, TaskEnd.Left);
        }
    }

    private int Take(Order[] orders, Answer answer, int last, bool ordered)
    {
        int index = answer.Task - orders[0].Task;
        if (index < 0 || index >= orders.Length || (ordered && answer.Task <= last))
        {
            book.Disorder($"a map gave the result of task {answer.Task} after that of {last}");
            return last;
        }

        book.End(answer.Task, IsRight(orders[index], answer) ? TaskEnd.Result : TaskEnd.Wrong);
        return answer.Task;
    }

    private static bool IsRight(Order order, Answer answer) =>
        answer.Task == order.Task && answer.Sum == Pattern.Sum(order.Data.Span)
        && answer.Data.Span.SequenceEqual(order.Data.Span[..order.AnswerSize]);

    private TaskEnd EndOf(Order order, Exception error) => (error, book[order.Task].Kind) switch
    {
        (WorkerLostException, _) => TaskEnd.Lost,
        (TaskTimeoutException, TaskKind.TimedOut) => TaskEnd.TimedOut,
        (OperationCanceledException, TaskKind.Cancelled) => TaskEnd.Cancelled,
        (InvalidOperationException, TaskKind.Throwing) => TaskEnd.Threw,
        _ => TaskEnd.Unexpected,
    };
}
