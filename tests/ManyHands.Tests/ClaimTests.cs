namespace ManyHands.Tests;

public sealed class ClaimTests
{
    [Fact]
    public void Items_begin_one_after_the_other_until_the_end()
    {
        long word = Claim.Open(7, 2);
        Claim.TryBegin(ref word, 7, out int first).ShouldBeTrue();
        Claim.TryBegin(ref word, 7, out int second).ShouldBeTrue();
        Claim.TryBegin(ref word, 7, out _).ShouldBeFalse();
        (first, second, Claim.Begun(word)).ShouldBe((0, 1, 2));
    }

    [Fact]
    public void A_claim_on_another_generation_fails()
    {
        long word = Claim.Open(8, 5);
        Claim.TryBegin(ref word, 7, out _).ShouldBeFalse();
        Claim.TryBegin(ref word, 9, out _).ShouldBeFalse();
        Claim.Begun(word).ShouldBe(0);
    }

    [Theory]
    [InlineData(10, 3, 0, 3)]
    [InlineData(10, 3, 4, 7)]
    [InlineData(10, 3, 100, 10)]
    [InlineData(10, 10, 0, 10)]
    [InlineData(10, 0, 0, 0)]
    public void Taking_back_leaves_what_has_begun_and_what_it_is_told_to_leave(int count, int begun, int leave, int expected)
    {
        long word = Claim.Open(1, count);
        for (int i = 0; i < begun; i++)
            Claim.TryBegin(ref word, 1, out _);
        Claim.TakeBack(ref word, leave).ShouldBe(expected);
        Claim.End(word).ShouldBe(expected);
        Claim.Begun(word).ShouldBe(begun);
    }

    [Fact]
    public void The_greatest_numbers_fit()
    {
        long word = Claim.Open(uint.MaxValue, Claim.MaxCount);
        for (int i = 0; i < Claim.MaxCount; i++)
            Claim.TryBegin(ref word, uint.MaxValue, out _).ShouldBeTrue();
        Claim.TryBegin(ref word, uint.MaxValue, out _).ShouldBeFalse();
        Claim.Begun(word).ShouldBe(Claim.MaxCount);
        Claim.TakeBack(ref word).ShouldBe(Claim.MaxCount);
    }

    [Fact]
    public void Each_item_is_won_by_exactly_one_of_those_who_begin_and_those_who_take_back()
    {
        const int rounds = 300, count = 200, beginners = 2;
        long word = 0;
        int[] begun = new int[count];
        int lowestCut = count;
        using var barrier = new Barrier(beginners + 1);
        Thread[] threads = [.. Enumerable.Range(0, beginners).Select(_ => new Thread(Begin))];
        Array.ForEach(threads, thread => thread.Start());
        for (uint round = 1; round <= rounds; round++)
        {
            Array.Clear(begun);
            Volatile.Write(ref word, Claim.Open(round, count));
            barrier.SignalAndWait();
            lowestCut = count;
            for (int leave = 40; leave >= 0; leave -= 8)
                lowestCut = Math.Min(lowestCut, Claim.TakeBack(ref word, leave));
            barrier.SignalAndWait();
            begun.Take(lowestCut).ShouldBe(Enumerable.Repeat(1, lowestCut));
            begun.Skip(lowestCut).ShouldBe(Enumerable.Repeat(0, count - lowestCut));
            Claim.Begun(word).ShouldBe(lowestCut);
        }

        Array.ForEach(threads, thread => thread.Join());

        void Begin()
        {
            for (uint round = 1; round <= rounds; round++)
            {
                barrier.SignalAndWait();
                while (Claim.TryBegin(ref word, round, out int index))
                    Interlocked.Increment(ref begun[index]);
                Claim.TryBegin(ref word, round - 1, out _);
                barrier.SignalAndWait();
            }
        }
    }
}
