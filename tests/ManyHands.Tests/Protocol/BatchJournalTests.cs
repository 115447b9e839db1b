using ManyHands.Protocol;

namespace ManyHands.Tests.Protocol;

public sealed class BatchJournalTests
{
    [Fact]
    public void Entries_come_back_in_order_until_the_memory_is_full()
    {
        var journal = new BatchJournal(new byte[BatchJournal.HeadSize + 20]);
        journal.Restart(77, 5);
        journal.TryAdd(true, [1, 2]).ShouldBeTrue();
        journal.TryAdd(false, []).ShouldBeTrue();
        journal.TryAdd(true, [1, 2, 3, 4]).ShouldBeFalse();
        journal.TryAdd(true, [9, 9, 9]).ShouldBeTrue();
        (journal.Task, journal.First, journal.Count, journal.Used).ShouldBe((77, 5, 3, 20));

        var entries = new BatchEntries(journal.Entries[..journal.Used]);
        entries.Next(out bool first).ToArray().ShouldBe([1, 2]);
        entries.Next(out bool second).ToArray().ShouldBeEmpty();
        entries.Next(out bool third).ToArray().ShouldBe([9, 9, 9]);
        (first, second, third).ShouldBe((true, false, true));
    }

    [Fact]
    public void Restarting_empties_it()
    {
        var journal = new BatchJournal(new byte[100]);
        journal.Restart(1, 0);
        journal.TryAdd(true, [1]);
        journal.Restart(2, 8);
        (journal.Task, journal.First, journal.Count, journal.Used).ShouldBe((2, 8, 0, 0));
    }

    [Fact]
    public void Whatever_bytes_stand_there_reading_ends_with_entries_or_a_named_error()
    {
        var random = new Random(7);
        byte[] bytes = new byte[64];
        for (int i = 0; i < 5000; i++)
        {
            random.NextBytes(bytes);
            if (random.Next(2) == 0)
                bytes.AsSpan(2, 3).Clear(); // a length that may be true
            var entries = new BatchEntries(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
            try
            {
                for (int entry = 0; ; entry++)
                {
                    entries.Next(out _);
                    entry.ShouldBeLessThan(13);
                }
            }
            catch (ProtocolException)
            {
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(2)]
    public void An_entry_longer_than_the_bytes_is_refused(int length)
    {
        byte[] bytes = [1, .. BitConverter.GetBytes(length), 0];
        Should.Throw<ProtocolException>(() => new BatchEntries(bytes).Next(out _));
    }
}
