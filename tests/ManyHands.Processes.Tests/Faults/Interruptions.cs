namespace ManyHands.Processes.Tests.Faults;

public sealed class Interruptions
{
    [Fact]
    public async Task Work_that_interrupts_its_own_thread_strikes_nobody_but_itself()
    {
        await using ParentProgram parent = ParentProgram.Start(null, "interrupts");
        (await parent.ReadLine()).ShouldBe("20000");
        (await parent.ReadLine()).ShouldBe("20000");
        (await parent.Ended()).ShouldBe(0);
    }
}
