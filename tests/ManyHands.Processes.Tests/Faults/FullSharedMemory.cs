using System.Diagnostics;
using ManyHands.Conformance;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>No more memory to share: a named error where there is none, and no need of the one place that containers have too little of.</summary>
public sealed class FullSharedMemory
{
    private const long GroupLimit = 160 << 20;

    [MemoryGroupFact, Fault(21)]
    public async Task More_than_the_container_has_is_refused_before_the_kernel_has_to_kill_anybody()
    {
        using MemoryGroup group = MemoryGroup.TryCreate(GroupLimit, out string reason).ShouldNotBeNull(reason);
        await using (ParentProgram parent = ParentProgram.StartBy([.. group.Enter, .. ParentProgram.OwnSession, "dotnet"], null, [], "sharing", "400000000"))
        {
            (await parent.ReadLine()).ShouldBe("ResourceExhaustedException SharedMemory");
            await ShouldGoOn(parent);
        }

        group.Kills.ShouldBe(0);
    }

    [SkippableFact]
    [Fault(21)]
    public async Task A_full_dev_shm_is_no_matter_since_nothing_is_taken_from_it()
    {
        string[] full = ["unshare", "--mount", "sh", "-c", "mount -t tmpfs -o size=1m tmpfs /dev/shm && ! head -c 2m /dev/zero > /dev/shm/full 2> /dev/null && exec \"$@\"", "sh"];
        using (Process process = Process.Start(new ProcessStartInfo(full[0], [.. full[1..], "true"]) { RedirectStandardError = true })!)
        {
            string error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Skip.If(process.ExitCode != 0, $"This machine does not let us fill a /dev/shm of our own: {error}");
        }

        await using ParentProgram parent = ParentProgram.StartBy([.. full, "dotnet"], null, [], "sharing", "50000000");
        (await parent.ReadLine()).ShouldBe("50000000 shared");
        await ShouldGoOn(parent);
    }

    private static async Task ShouldGoOn(ParentProgram parent)
    {
        (await parent.ReadLine()).ShouldBe("1000 shared");
        (await parent.ReadLine()).ShouldBe("ResourceExhaustedException FileDescriptors");
        (await parent.ReadLine()).ShouldBe("held"); // who cannot look whether the owner of a lock lives does not take it for dead
        (await parent.ReadLine()).ShouldBe("1000 shared");
        (await parent.Ended()).ShouldBe(0);
    }
}
