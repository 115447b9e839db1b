using ManyHands.Conformance.Work;

namespace ManyHands.Conformance;

/// <content>What work throws, and what is refused.</content>
public abstract partial class ExecutorContract<TFixture>
{
    [Fact]
    public async Task What_the_work_throws_is_thrown_to_the_caller_with_type_message_and_stack()
    {
        await using Executor pool = New();
        var error = await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(Failing.Throw, "It is late.").Time());
        error.Message.ShouldBe("It is late.");
        error.StackTrace.ShouldNotBeNull().ShouldContain(nameof(Failing.Throw));
        (await Should.ThrowAsync<ArgumentException>(() => pool.RunAsync(Failing.ThrowArgument, "cake").Time())).Message.ShouldContain("cake");
        (await Should.ThrowAsync<InvalidOperationException>(() => pool.RunAsync(Failing.ThrowAsync, "Later.").Time())).Message.ShouldBe("Later.");
        await Should.ThrowAsync<DivideByZeroException>(() => pool.RunAsync(Arithmetic.Divide, (1, 0)).Time());
    }

    [Fact]
    public async Task An_exception_of_the_works_own_assembly_keeps_its_type()
    {
        await using Executor pool = New();
        (await Should.ThrowAsync<OwnException>(() => pool.RunAsync(Failing.ThrowOwn, "mine").Time())).Message.ShouldBe("mine");
    }

    [Fact]
    public async Task Work_that_throws_a_cancellation_nobody_asked_for_has_failed()
    {
        await using Executor pool = New();
        Task<int> task = pool.RunAsync(Failing.ThrowCancelled, "own");
        await Task.WhenAny(task).Time();
        task.IsFaulted.ShouldBeTrue();
        task.Exception!.InnerException.ShouldBeOfType<OperationCanceledException>().Message.ShouldBe("own");
        pool.Snapshot().Failed.ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_task_does_not_touch_the_others()
    {
        await using Executor pool = New();
        Task<int>[] tasks = [.. Enumerable.Range(0, 100).Select(number => pool.RunAsync(Failing.ThrowOn, number))];
        for (int i = 0; i < tasks.Length; i++)
        {
            if (i == 13)
                await Should.ThrowAsync<InvalidOperationException>(() => tasks[13].Time());
            else
                (await tasks[i].Time()).ShouldBe(i);
        }
    }

    [Fact]
    public void Captured_variables_are_refused_by_name_where_arguments_are_copied()
    {
        Executor pool = New();
        if (!pool.Traits.CopiesArguments)
            return; // they are shared there, as everywhere in one process
        var heard = new List<int>();
        int factor = 3;
        var error = Should.Throw<ArgumentException>(() => { _ = pool.RunAsync((int number) => { heard.Add(number * factor); }, 1); });
        error.Message.ShouldContain("heard");
        error.Message.ShouldContain("factor");
        Should.Throw<ArgumentException>(() => { _ = pool.MapAsync([1], (int number) => number * factor); }).Message.ShouldContain("factor");
        Should.Throw<ArgumentException>(() => { _ = pool.RunAsync(InstanceWork, 1); });
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [Fact]
    public void An_awaitable_that_is_no_task_is_refused()
    {
        Executor pool = New();
        Should.Throw<ArgumentException>(() => { _ = pool.RunAsync<int, ValueTask<int>>(Arithmetic.Unwanted, 1); }).Message.ShouldContain("Task");
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused()
    {
        Executor pool = New();
        Should.Throw<ArgumentException>(() => { _ = pool.RunAsync(Arithmetic.AddOne, 1, new SubmitOptions { Retry = new() }); }).Message.ShouldContain("Idempotent");
        Should.Throw<ArgumentException>(() => { _ = pool.RunAsync(Arithmetic.AddOne, 1, new SubmitOptions { Timeout = TimeSpan.Zero }); });
        Should.Throw<ArgumentNullException>(() => { _ = pool.RunAsync((Func<int, int>)null!, 1); });
        Should.Throw<ArgumentNullException>(() => { _ = pool.RunAsync(Arithmetic.AddOne, 1, null!); });
    }

    private int InstanceWork(int number) => number + _files.GetHashCode();
}
