namespace ManyHands.Advisor.Tests;

/// <summary>What is advised follows from what was measured: turn the measurement round, and the advice turns too.</summary>
public sealed class Advising
{
    [Fact]
    public void Work_that_waits_gets_many_threads_and_work_that_computes_few_for_the_same_time()
    {
        Advice waits = Invented.Advise(Invented.Method(wall: 0.1, cpu: 0.005));
        Advice computes = Invented.Advise(Invented.Method(wall: 0.1, cpu: 0.1));
        (waits.Character, waits.Kind, waits.Workers).ShouldBe((WorkCharacter.IoBound, WorkerKind.Threads, 160));
        (computes.Character, computes.Kind, computes.Workers).ShouldBe((WorkCharacter.CpuBound, WorkerKind.Threads, 6));
    }

    [Theory]
    [InlineData(0.050, 0.005, 20)] // 5 ms of 50: ten times the cores
    [InlineData(0.050, 0.025, 4)]
    [InlineData(0.050, 0.040, 3)]
    [InlineData(0.050, 0.050, 2)]
    public void The_number_is_cores_times_wall_time_over_processor_time(double wall, double cpu, int workers) =>
        Invented.Advise(Invented.Method(wall, cpu), Invented.TwoCores).Workers.ShouldBe(workers);

    [Fact]
    public void The_same_garbage_decides_for_processes_only_where_the_work_computes()
    {
        Measurement garbage = Invented.Method(wall: 0.1, cpu: 0.1) with { CollectorSeconds = 0.02, AllocatedBytes = 1e9 };
        Invented.Advise(garbage).Kind.ShouldBe(WorkerKind.Processes);
        Invented.Advise(garbage with { CollectorSeconds = 0.001 }).Kind.ShouldBe(WorkerKind.Threads);
        Invented.Advise(garbage with { Cpu = new Series(0.001), Wall = new Series(0.1) }).Kind.ShouldBe(WorkerKind.Threads);
        Invented.Advise(garbage with { PayloadSeconds = 0.09 }).Kind.ShouldBe(WorkerKind.Threads, "moving its data would cost more");
    }

    [Fact]
    public void Work_that_crashes_goes_to_processes_whatever_else_it_does()
    {
        foreach (double cpu in (double[])[0.001, 0.1])
        {
            Measurement safe = Invented.Method(wall: 0.1, cpu);
            Invented.Advise(safe).Kind.ShouldBe(WorkerKind.Threads);
            Advice advice = Invented.Advise(safe with { Crash = "It was ended by SIGSEGV." });
            advice.Kind.ShouldBe(WorkerKind.Processes);
            advice.Of("crash").ShouldNotBeNull().Message.ShouldContain("SIGSEGV");
        }
    }

    [Fact]
    public void Work_that_crashes_often_gets_more_processes_than_work_that_crashes_once_in_a_while()
    {
        Measurement crashes = Invented.Method(wall: 0.01, cpu: 0.01) with { Crash = "gone", CrashRate = 0.1 };
        Invented.Advise(crashes).Workers.ShouldBe(21); // 25 ms of restart for each 10 ms of work
        Invented.Advise(crashes with { CrashRate = 0.0001 }).Workers.ShouldBe(6);
    }

    [Fact]
    public void What_takes_no_time_is_run_one_after_another_and_the_same_with_many_more_inputs_is_not()
    {
        Advice little = Invented.Advise(Invented.Method(wall: 10e-6, cpu: 10e-6, tasks: 100));
        (little.Character, little.Kind, little.Workers, little.SpeedUp).ShouldBe((WorkCharacter.TooSmall, WorkerKind.Serial, 1, 1));
        Invented.Advise(Invented.Method(wall: 10e-6, cpu: 10e-6, tasks: 100_000)).Workers.ShouldBe(6);
        Invented.Advise(Invented.Method(wall: 0.1e-6, cpu: 0.1e-6, tasks: 1_000_000)).Character.ShouldBe(WorkCharacter.TooSmall, "handing one over would take longer");
    }

    [Fact]
    public void Memory_limits_the_workers_and_more_memory_lets_them_be()
    {
        Measurement large = Invented.Method(wall: 1, cpu: 1) with { PeakBytes = 4L << 30 };
        Advice advice = Invented.Advise(large);
        (advice.Character, advice.Workers).ShouldBe((WorkCharacter.MemoryBound, 3)); // four fifths of 16 GiB
        advice.Why.ShouldContain(reason => reason.Contains("Memory allows 3"));
        Invented.Advise(large, Invented.EightCores with { FreeBytes = 64L << 30 }).Character.ShouldBe(WorkCharacter.CpuBound);
    }

    [Fact]
    public void Descriptors_and_the_number_of_tasks_limit_the_workers()
    {
        Measurement waits = Invented.Command(wall: 1, cpu: 0.01);
        Invented.Advise(waits).Workers.ShouldBe(250); // 1,000 descriptors, four for each
        Invented.Advise(waits, Invented.EightCores with { FreeDescriptors = 40 }).Workers.ShouldBe(10);
        Advice few = Invented.Advise(waits with { Tasks = 3, PeakBytes = 1L << 30 });
        (few.Workers, few.SpeedUp, few.Character).ShouldBe((3, 3, WorkCharacter.IoBound), "memory would limit a hundred, and there are three");
    }

    [Fact]
    public void A_number_of_tasks_that_nobody_knows_limits_nothing()
    {
        Advice unknown = Invented.Advise(Invented.Command(wall: 0.1, cpu: 0.01, tasks: null));
        (unknown.Workers, unknown.SpeedUp).ShouldBe((80, 80));
        Invented.Advise(Invented.Method(wall: 10e-6, cpu: 10e-6, tasks: null)).Workers.ShouldBe(6);
        Invented.Advise(Invented.Method(wall: 0.1e-6, cpu: 0.1e-6, tasks: null)).Character.ShouldBe(WorkCharacter.TooSmall);
    }

    [Fact]
    public void What_is_tried_is_never_more_than_as_many_times_as_fast_as_there_are_workers() =>
        Invented.Advise(Invented.Method(wall: 0.1, cpu: 0.01) with { Ramp = [new(4, 9000)] }).SpeedUp.ShouldBe(4);

    [Fact]
    public void A_command_is_waited_for_on_a_thread_even_where_it_computes() =>
        Invented.Advise(Invented.Command(wall: 0.1, cpu: 0.1)).Kind.ShouldBe(WorkerKind.Threads);

    [Fact]
    public void The_speed_up_is_bounded_by_the_cores_for_what_computes_and_by_the_workers_for_what_waits()
    {
        Invented.Advise(Invented.Method(wall: 0.1, cpu: 0.1)).SpeedUp.ShouldBe(6, 0.01);
        Invented.Advise(Invented.Method(wall: 0.1, cpu: 0.005, tasks: 1600)).SpeedUp.ShouldBe(160, 0.01);
        Invented.Advise(Invented.Method(wall: 0.05, cpu: 0.025), Invented.TwoCores).SpeedUp.ShouldBe(4, 0.01);
    }

    [Fact]
    public void Asynchronous_work_may_have_more_workers_than_threads_would_make_sense()
    {
        Measurement waits = Invented.Method(wall: 1, cpu: 0.001);
        Invented.Advise(waits, Invented.EightCores with { FreeDescriptors = 100_000 }).Workers.ShouldBe(512);
        Invented.Advise(waits with { IsAsync = true }, Invented.EightCores with { FreeDescriptors = 100_000 }).Workers.ShouldBe(8000);
    }

    [Fact]
    public void One_disturbed_run_does_not_make_work_that_computes_look_as_if_it_waited()
    {
        Measurement disturbed = Invented.Method(wall: 0.1, cpu: 0.1) with { Wall = new Series(0.1, 0.1, 0.5, 0.1), Cpu = new Series(0.1, 0.1, 0.1, 0.1) };
        Invented.Advise(disturbed).Character.ShouldBe(WorkCharacter.CpuBound);
    }

    [Fact]
    public void Time_spent_waiting_for_a_core_does_not_make_computing_look_like_mixed_work()
    {
        Measurement onBusy = Invented.Method(wall: 0.2, cpu: 0.1);
        Invented.Advise(onBusy).Character.ShouldBe(WorkCharacter.Mixed);
        Advice advice = Invented.Advise(onBusy with { Ready = new Series(0.1, 0.1, 0.1) });
        (advice.Character, advice.Workers).ShouldBe((WorkCharacter.CpuBound, 6));
        advice.Of("busy-machine").ShouldNotBeNull().Message.ShouldContain("50 %");

        // What waits for other things too still waits for those.
        (onBusy with { Wall = new Series(0.3, 0.3, 0.3), Ready = new Series(0.1, 0.1, 0.1) }).CpuShare.ShouldBe(0.5, 1e-9);

        // Three threads of one task that waited for cores at the same time.
        (onBusy with { Cpu = new Series(0.3, 0.3, 0.3), Ready = new Series(0.3, 0.3, 0.3) }).CpuShare.ShouldBe(3, 1e-9);
    }

    [Fact]
    public void Memory_that_is_only_known_to_be_below_what_the_launcher_has_limits_nothing()
    {
        Measurement waits = Invented.Command(wall: 1, cpu: 0.001) with { PeakBytes = 40 << 20 };
        MachineFacts small = Invented.TwoCores with { FreeBytes = 4L << 30, FreeDescriptors = 10_000 };
        Invented.Advise(waits, small).Character.ShouldBe(WorkCharacter.MemoryBound);
        Advice advice = Invented.Advise(waits with { PeakIsBound = true }, small);
        (advice.Character, advice.Workers).ShouldBe((WorkCharacter.IoBound, 512));
    }

    [Fact]
    public void What_was_tried_at_once_counts_more_than_the_formula()
    {
        Measurement waits = Invented.Method(wall: 0.1, cpu: 0.01);
        Invented.Advise(waits).Workers.ShouldBe(80);

        // A server that takes no more than sixteen at once; one that takes all that come.
        Invented.Advise(waits with { Ramp = [new(8, 80), new(16, 160), new(32, 161), new(64, 158)] }).Workers.ShouldBe(16);
        Advice more = Invented.Advise(waits with { Ramp = [new(40, 400), new(80, 800), new(160, 1500), new(320, 2000)] });
        (more.Workers, more.SpeedUp).ShouldBe((320, 200));
        more.Why.ShouldContain(reason => reason.Contains("320: 2,000"));
    }

    [Fact]
    public void Only_work_that_waits_and_harms_nobody_is_tried_at_once()
    {
        Measurement waits = Invented.Method(wall: 0.1, cpu: 0.01);
        Ramp.IsOfUse(Invented.Advise(waits)).ShouldBeTrue();
        Ramp.IsOfUse(Invented.Advise(waits with { Crash = "gone" })).ShouldBeFalse();
        Ramp.IsOfUse(Invented.Advise(waits with { Tasks = 1 })).ShouldBeFalse();
        Invented.Advise(waits).Of("untried").ShouldNotBeNull();
        Invented.Advise(waits with { Ramp = [new(8, 80)] }).Of("untried").ShouldBeNull();
        Ramp.IsOfUse(Invented.Advise(Invented.Method(wall: 0.1, cpu: 0.1))).ShouldBeFalse();
    }
}
