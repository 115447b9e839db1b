namespace ManyHands.Advisor.Tests;

/// <summary>Each rule finds what it is for, and nothing where it is not so.</summary>
public sealed class Rules
{
    private static readonly Measurement _plain = Invented.Method(wall: 0.1, cpu: 0.1);

    [Fact]
    public void Tasks_that_take_less_than_their_hand_over_are_too_small_for_processes()
    {
        Invented.Advise(Invented.Method(wall: 20e-6, cpu: 20e-6)).Of("too-small-for-processes").ShouldNotBeNull().Message.ShouldContain("20 µs");
        Invented.Advise(_plain).Of("too-small-for-processes").ShouldBeNull();
        Invented.Advise(Invented.Command(wall: 20e-6, cpu: 20e-6)).Of("too-small-for-processes").ShouldBeNull("a command is a process anyway");
    }

    [Fact]
    public void A_payload_that_takes_longer_than_the_work_dominates()
    {
        Measurement heavy = _plain with { PayloadBytes = 100e6, PayloadSeconds = 0.05 };
        Invented.Advise(heavy).Of("payload-dominates").ShouldNotBeNull().Message.ShouldContain("SharedArray");
        Invented.Advise(heavy with { PayloadSeconds = 0.001 }).Of("payload-dominates").ShouldBeNull();
    }

    [Fact]
    public void Memory_that_a_worker_for_each_core_would_not_find_is_named()
    {
        Measurement large = _plain with { PeakBytes = 3L << 30 };
        Invented.Advise(large).Of("memory-would-not-fit").ShouldNotBeNull().Message.ShouldContain("24 GiB");
        Invented.Advise(large with { PeakBytes = 1L << 20 }).Of("memory-would-not-fit").ShouldBeNull();
        Invented.Advise(large with { Tasks = 2 }).Of("memory-would-not-fit").ShouldBeNull("two fit, and there are no more");
    }

    [Fact]
    public void Workers_that_leave_no_core_starve_the_machine()
    {
        Invented.Advise(_plain, Invented.TwoCores).Of("machine-would-starve").ShouldNotBeNull();
        Invented.Advise(_plain).Of("machine-would-starve").ShouldBeNull("six of eight cores are busy");
        Invented.Advise(Invented.Method(wall: 0.1, cpu: 0.05)).Of("machine-would-starve").ShouldNotBeNull("sixteen that compute half of the time");
    }

    [Fact]
    public void Static_fields_that_can_be_changed_are_named()
    {
        Invented.Advise(_plain with { MutableStatics = ["App.Cache.Count"] }).Of("static-state").ShouldNotBeNull().Message.ShouldContain("App.Cache.Count");
        Invented.Advise(_plain).Of("static-state").ShouldBeNull();
        Invented.Advise(_plain with { MutableStatics = [.. Enumerable.Range(0, 9).Select(i => $"F{i}")] }).Of("static-state")!.Message.ShouldContain("F4 and 4 more");
    }

    [Fact]
    public void Work_that_uses_several_cores_by_itself_gets_fewer_workers_and_is_told()
    {
        Advice nested = Invented.Advise(Invented.Method(wall: 0.1, cpu: 0.3));
        nested.Of("nested-parallelism").ShouldNotBeNull().Message.ShouldContain("3.0 cores");
        nested.Workers.ShouldBe(2);
        Invented.Advise(_plain).Of("nested-parallelism").ShouldBeNull();
    }

    [Fact]
    public void Garbage_that_stays_on_threads_is_told()
    {
        Measurement garbage = _plain with { CollectorSeconds = 0.03, PayloadSeconds = 0.09, PayloadBytes = 1e8 };
        Invented.Advise(garbage).Of("garbage").ShouldNotBeNull().Message.ShouldContain("30 %");
        Invented.Advise(garbage with { CollectorSeconds = 0 }).Of("garbage").ShouldBeNull();
        Invented.Advise(garbage with { PayloadSeconds = 0 }).Of("garbage").ShouldBeNull("it was given to processes");
    }

    [Fact]
    public void What_waits_gets_a_timeout_far_above_what_was_seen()
    {
        Invented.Advise(Invented.Method(wall: 0.15, cpu: 0.001)).Of("timeout").ShouldNotBeNull().Message.ShouldContain("timeout of 2 s");
        Invented.Advise(_plain).Of("timeout").ShouldBeNull();
    }

    [Fact]
    public void Work_that_can_be_run_only_once_is_told_with_the_reason()
    {
        Invented.Advise(_plain with { OnlyOnce = "It failed when it was run again: no ink." }).Of("only-once").ShouldNotBeNull().Message.ShouldContain("no ink");
        Invented.Advise(_plain).Of("only-once").ShouldBeNull();
    }

    [Fact]
    public void A_busy_machine_is_told()
    {
        Invented.Advise(_plain, Invented.EightCores with { Load = 7.5 }).Of("busy-machine").ShouldNotBeNull().Message.ShouldContain("7.5");
        Invented.Advise(_plain, Invented.EightCores with { Load = 1 }).Of("busy-machine").ShouldBeNull();
    }

    [Fact]
    public void What_fails_only_when_more_run_at_once_is_told()
    {
        Invented.Advise(_plain with { RampFailure = "With 8 at once, 3 of 32 failed: no ink." }).Of("fails-at-once").ShouldNotBeNull().Message.ShouldContain("3 of 32");
        Invented.Advise(_plain).Of("fails-at-once").ShouldBeNull();
    }
}
