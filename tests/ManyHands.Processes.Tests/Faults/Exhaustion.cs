using System.Diagnostics;
using ManyHands.Conformance;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>
/// A system that has no more descriptors, processes or threads to give. The application takes them away from itself (see Exhausted in ManyHands.Parent), as
/// a user that is not root where the limit does not hold for root.
/// </summary>
public sealed class Exhaustion : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("manyhands-test-");

    [Fact, Fault(19)]
    public async Task With_few_descriptors_left_fewer_workers_do_all_of_the_work()
    {
        await using ParentProgram parent = ParentProgram.Start(null, "exhausted", "descriptors", "40");
        (await parent.ReadLine()).ShouldStartWith("40 on ");
        ShouldBeShort(await parent.ReadLine());
        (await parent.ReadLine()).ShouldStartWith("40 on ");
        (await parent.Ended()).ShouldBe(0);
    }

    [Fact, Fault(19)]
    public async Task With_no_descriptors_left_the_tasks_get_the_reason_and_the_executor_goes_on_when_there_are_some_again()
    {
        // The first worker takes more than eleven to start; the runtime four to report that.
        await using ParentProgram parent = ParentProgram.Start(null, "exhausted", "descriptors", "7");
        (await parent.ReadLine()).ShouldStartWith("40 on ");
        (await parent.ReadLine()).ShouldBe("ResourceExhaustedException FileDescriptors");
        (await parent.ReadLine()).ShouldStartWith("40 on ");
        (await parent.Ended()).ShouldBe(0);
    }

    [SkippableFact]
    [Fault(20)]
    public async Task With_few_threads_left_fewer_workers_do_all_of_the_work()
    {
        await using ParentProgram parent = AsNobody("exhausted", "threads", "60");
        (await parent.ReadLine()).ShouldStartWith("40 on ");
        ShouldBeShort(await parent.ReadLine());
        (await parent.ReadLine()).ShouldStartWith("40 on ");
        (await parent.Ended()).ShouldBe(0);
    }

    [SkippableFact]
    [Fault(20)]
    public async Task Where_a_continuation_keeps_a_thread_while_there_are_no_others_nothing_ends_and_nothing_is_forgotten()
    {
        await using ParentProgram parent = AsNobody("threadless");
        (await parent.ReadLine()).ShouldBe("True True");
        (await parent.Ended()).ShouldBe(0);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static void ShouldBeShort(string line)
    {
        string[] words = line.Split(' ');
        (words[0], words[1], words[3]).ShouldBe(("40", "on", "workers"), line);
        int.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 7, line);
    }

    /// <summary>Starts it as the user that has nothing, who counts no processes of others.</summary>
    private ParentProgram AsNobody(params string[] arguments)
    {
        const string command = "setpriv";
        string[] user = [command, "--reuid=65533", "--regid=65533", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"];
        string folder = _folder.FullName;
        ParentProgram.CopyTo(folder);
        Skip.IfNot(Succeeds(["chmod", "755", folder]) && Succeeds([.. user, "cat", Path.Combine(folder, "ManyHands.Parent.dll")]), $"{command} cannot make this process another user, or that user cannot read {folder}.");
        return ParentProgram.StartBy([.. user, "env", "HOME=/", "dotnet"], folder, new() { ["DOTNET_EnableDiagnostics"] = "0" }, arguments);
    }

    private static bool Succeeds(string[] command)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
