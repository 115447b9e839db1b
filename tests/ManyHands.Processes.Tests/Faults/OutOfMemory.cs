using ManyHands.Conformance;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>A worker that takes more memory than its container has: the kernel kills it, and the error says why.</summary>
public sealed class OutOfMemory
{
    private const long Limit = 320 << 20; // the kernel takes the greatest: by far the worker, not the application

    [MemoryGroupFact, Fault(7)]
    public async Task A_worker_that_the_kernel_kills_for_want_of_memory_is_told_apart_from_one_that_somebody_killed()
    {
        using MemoryGroup group = MemoryGroup.TryCreate(Limit, out string reason).ShouldNotBeNull(reason);
        await using (ParentProgram parent = ParentProgram.StartBy([.. group.Enter, .. ParentProgram.OwnSession, "dotnet"], null, [], "hungry"))
        {
            (await parent.ReadLine()).ShouldBe("Killed 9");
            (await parent.ReadLine()).ShouldBe("OutOfMemory 9");
            (await parent.ReadLine()).ShouldBe("Killed 9"); // what was counted before is no reason now
            (await parent.ReadLine()).ShouldBe("2"); // the pool goes on
            (await parent.Ended()).ShouldBe(0);
            group.Kills.ShouldBe(1);
        }
    }
}
