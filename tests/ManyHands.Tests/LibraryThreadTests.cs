namespace ManyHands.Tests;

/// <summary>What the library's threads throw stays in them, and is told to those who have to do something about it.</summary>
public sealed class LibraryThreadTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    [Fact]
    public void What_a_thread_throws_is_told_and_ends_nothing()
    {
        Exception? told = null;
        Thread thread = LibraryThread.Start("test", () => throw new InvalidTimeZoneException("mine"), error =>
        {
            told = error;
            throw new InvalidOperationException("even this");
        });
        thread.Join(_limit).ShouldBeTrue();
        told.ShouldBeOfType<InvalidTimeZoneException>();
    }

    [Fact]
    public void A_lasting_duty_is_begun_anew()
    {
        int begun = 0;
        Thread thread = LibraryThread.StartLasting("test", () =>
        {
            if (++begun < 4)
                throw new InvalidTimeZoneException();
        });
        thread.Join(_limit).ShouldBeTrue();
        begun.ShouldBe(4);
    }

    [Fact]
    public async Task What_is_done_on_the_thread_pool_tells_too()
    {
        var told = new TaskCompletionSource<(int, Exception)>(TaskCreationOptions.RunContinuationsAsynchronously);
        LibraryThread.Queue(static _ => throw new InvalidTimeZoneException(), 7, (state, error) => told.SetResult((state, error)));
        var (state, error) = await told.Task.WaitAsync(_limit);
        (state, error.GetType()).ShouldBe((7, typeof(InvalidTimeZoneException)));
    }
}
