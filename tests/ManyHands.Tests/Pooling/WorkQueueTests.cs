using ManyHands.Pooling;

namespace ManyHands.Tests.Pooling;

public sealed class WorkQueueTests
{
    [Fact]
    public void Items_leave_in_order_and_any_of_them_can_leave_early()
    {
        var queue = new WorkQueue();
        SimulatedItem[] items = [.. Enumerable.Range(0, 5).Select(i => new SimulatedItem($"{i}"))];
        Array.ForEach(items, queue.AddLast);
        queue.Remove(items[2]);
        queue.Remove(items[0]);
        queue.Remove(items[4]);
        queue.AddFirst(items[2]);
        queue.AddLast(items[0]);
        Taken(queue).ShouldBe(["2", "1", "3", "0"]);
        items.ShouldAllBe(item => item.Holder == null && item.Next == null && item.Previous == null);
        Should.Throw<InvalidOperationException>(() => queue.TakeFirst());
    }

    [Fact]
    public void It_counts_tasks_and_bytes()
    {
        var queue = new WorkQueue();
        queue.AddLast(new SimulatedItem("batch", count: 3) { BytesOfOne = 10 });
        queue.AddFirst(new SimulatedItem("single") { BytesOfOne = 5 });
        (queue.Tasks, queue.Bytes).ShouldBe((4, 35));
        Taken(queue).ShouldBe(["single", "batch"]);
        (queue.Tasks, queue.Bytes, queue.IsEmpty).ShouldBe((0, 0, true));
    }

    [Fact]
    public void It_agrees_with_a_list_whatever_is_done_to_it()
    {
        var random = new Random(1);
        var queue = new WorkQueue();
        var list = new List<SimulatedItem>();
        for (int i = 0; i < 5000; i++)
        {
            var item = new SimulatedItem($"{i}", count: random.Next(1, 4));
            switch (random.Next(4))
            {
                case 0:
                    queue.AddFirst(item);
                    list.Insert(0, item);
                    break;
                case 1:
                    queue.AddLast(item);
                    list.Add(item);
                    break;
                case 2 when list.Count > 0:
                    int index = random.Next(list.Count);
                    queue.Remove(list[index]);
                    list.RemoveAt(index);
                    break;
                case 3 when list.Count > 0:
                    queue.TakeFirst().ShouldBeSameAs(list[0]);
                    list.RemoveAt(0);
                    break;
            }

            queue.First.ShouldBeSameAs(list.FirstOrDefault());
            queue.Tasks.ShouldBe(list.Sum(each => each.Count));
        }
    }

    private static List<string> Taken(WorkQueue queue)
    {
        var names = new List<string>();
        while (!queue.IsEmpty)
            names.Add(queue.TakeFirst().Name);
        return names;
    }
}
