using ManyHands.Conformance;
using ManyHands.Conformance.Work;

namespace ManyHands.Processes.Tests;

/// <summary>Values for which one of the two processes has no memory, as it happens in containers: the runtime takes three quarters of theirs.</summary>
public sealed class MemoryLimits
{
    private const int TooMuch = 100_000_000;

    // 64 MiB; the runtime reads it as hexadecimal.
    private static readonly KeyValuePair<string, string?> _little = new("DOTNET_GCHeapHardLimit", "0x4000000");

    [Fact, Fault(14)]
    public async Task An_argument_for_which_a_worker_has_no_memory_fails_its_task_and_nothing_else()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions
        {
            Workers = 1,
            Environment = new Dictionary<string, string?>([_little]),
        });
        var error = await Should.ThrowAsync<PayloadException>(() => pool.RunAsync(Arithmetic.EchoBytes, new byte[TooMuch]).Time());
        error.Side.ShouldBe(PayloadSide.WorkerInput);
        error.Message.ShouldContain("there was no memory for its 100,000,001 bytes");
        (await pool.RunAsync(Arithmetic.AddOne, 1).Time()).ShouldBe(2);
        pool.Snapshot().WorkersLost.ShouldBe(0);
    }

    [Fact, Fault(14)]
    public async Task A_result_for_which_the_application_has_no_memory_fails_its_task_and_nothing_else()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "ManyHands.Parent.dll");
        ExternalCommand command = ExternalCommand.Create("dotnet", ["exec", program, "large", $"{TooMuch}"]) with
        {
            Environment = new Dictionary<string, string?>([_little]),
            Timeout = Within.Limit,
        };
        CommandResult result = await command.RunAsync();
        result.Succeeded.ShouldBeTrue(result.Output + result.Error);
        result.Output.ShouldContain("ParentResult: The work ran, but its result could not be read: there was no memory for its 100,000,001 bytes");
        result.Output.ShouldContain("2, 0 lost");
    }
}
