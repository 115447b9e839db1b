using System.ComponentModel;
using System.Net.Sockets;
using System.Reflection;
using ManyHands.Payloads;
using ManyHands.Tests.Architecture;

namespace ManyHands.Tests.Payloads;

public sealed class RemoteFailureTests
{
    [Fact]
    public void A_framework_exception_comes_back_as_itself_with_its_remote_stack()
    {
        var remote = Thrown(() => throw new InvalidOperationException("no bow", new FormatException("no string")) { HResult = 42 });
        var error = Travelled(remote).ShouldBeOfType<InvalidOperationException>();

        error.Message.ShouldBe("no bow");
        error.HResult.ShouldBe(42);
        error.InnerException.ShouldBeOfType<FormatException>().Message.ShouldBe("no string");
        error.StackTrace!.ShouldContain(nameof(A_framework_exception_comes_back_as_itself_with_its_remote_stack));
    }

    [Theory]
    [MemberData(nameof(FrameworkExceptions))]
    public void Framework_exceptions_keep_type_message_and_what_code_branches_on(Exception remote)
    {
        var error = Travelled(remote);
        error.GetType().ShouldBe(remote.GetType());
        error.Message.ShouldBe(remote.Message);
        error.HResult.ShouldBe(remote.HResult);
        (error as ArgumentException)?.ParamName.ShouldBe((remote as ArgumentException)?.ParamName);
        (error as ObjectDisposedException)?.ObjectName.ShouldBe((remote as ObjectDisposedException)?.ObjectName);
        (error as Win32Exception)?.NativeErrorCode.ShouldBe(((Win32Exception)remote).NativeErrorCode);
    }

    public static TheoryData<Exception> FrameworkExceptions =>
    [
        new ArgumentNullException("bow"),
        new ArgumentNullException("bow", "where is it?"),
        new ArgumentException("too heavy", "bow"),
        new ArgumentException("too heavy", "bow", new FormatException()),
        new ArgumentException(),
        new ArgumentOutOfRangeException("arrows", -1, "too few"),
        new ArgumentOutOfRangeException("arrows"),
        new ObjectDisposedException("quiver"),
        new ObjectDisposedException("quiver", "it is gone"),
        new FileNotFoundException("no file", "a.txt"),
        new OperationCanceledException("stopped"),
        new TaskCanceledException(),
        new TimeoutException("late"),
        new InsufficientMemoryException("full"),
        new DivideByZeroException(),
        new KeyNotFoundException("no key"),
        new NotSupportedException(),
        new Win32Exception(2, "no such file"),
        new SocketException((int)SocketError.ConnectionRefused),
        new System.Text.Json.JsonException("bad", "$.a", 1, 2),
        (Exception)Activator.CreateInstance(typeof(Exception), "plain", new FormatException())!,
    ];

    [Fact]
    public void An_aggregate_keeps_all_its_inner_exceptions()
    {
        var remote = new AggregateException("two things", new FormatException("a"), new AggregateException(new TimeoutException("b")));
        var error = Travelled(remote).ShouldBeOfType<AggregateException>();
        error.Message.ShouldBe(remote.Message);
        error.InnerExceptions.Count.ShouldBe(2);
        error.Flatten().InnerExceptions.Select(inner => inner.Message).ShouldBe(["a", "b"]);
        Travelled(new AggregateException()).ShouldBeOfType<AggregateException>().InnerExceptions.ShouldBeEmpty();
    }

    [Fact]
    public void An_exception_of_the_works_assemblies_comes_back_as_itself_and_only_with_them()
    {
        var remote = new BrokenBowException("snap", new FormatException("old"));
        var error = Travelled(remote).ShouldBeOfType<BrokenBowException>();
        error.Message.ShouldBe("snap");
        error.InnerException.ShouldBeOfType<FormatException>();

        var stranger = Travelled(remote, workAssembly: null).ShouldBeOfType<RemoteTaskException>();
        stranger.TypeName.ShouldBe(typeof(BrokenBowException).FullName);
        stranger.Message.ShouldBe("snap");
        stranger.InnerException.ShouldBeOfType<FormatException>();
        Travelled(remote, typeof(Xunit.Assert).Assembly).ShouldBeOfType<RemoteTaskException>();
    }

    [Fact]
    public void What_the_works_assembly_references_counts_as_the_works()
        => Travelled(new ShouldAssertException("no")).ShouldBeOfType<ShouldAssertException>().Message.ShouldBe("no");

    [Fact]
    public void What_cannot_be_rebuilt_comes_back_as_a_stand_in_that_tells_everything()
    {
        var remote = Thrown(() => throw new NumberedException(7));
        var error = Travelled(remote).ShouldBeOfType<RemoteTaskException>();
        error.TypeName.ShouldEndWith(".NumberedException");
        error.Message.ShouldBe("number 7");
        error.RemoteStack!.ShouldContain(nameof(What_cannot_be_rebuilt_comes_back_as_a_stand_in_that_tells_everything));
        error.StackTrace!.ShouldContain(nameof(What_cannot_be_rebuilt_comes_back_as_a_stand_in_that_tells_everything));
        error.ToString().ShouldContain("NumberedException");

        // Rebuilt with another message, or not at all: nothing is pretended.
        Travelled(new RewritingException("a")).ShouldBeOfType<RemoteTaskException>().Message.ShouldBe("1 characters");
        Travelled(new ExplodingException(3)).ShouldBeOfType<RemoteTaskException>();
        Travelled(new GenericException<int>("a")).ShouldBeOfType<RemoteTaskException>().Message.ShouldBe("a");
    }

    [Fact]
    public void Getters_that_throw_do_not_hide_the_failure()
    {
        var error = Travelled(new ThrowingGettersException()).ShouldBeOfType<RemoteTaskException>();
        error.TypeName.ShouldEndWith("ThrowingGettersException");
        error.Message.ShouldContain("reading the message threw FormatException");
        error.RemoteStack!.ShouldContain("threw NotImplementedException");
    }

    [Fact]
    public void Long_texts_and_long_chains_are_cut_and_say_so()
    {
        var failure = RemoteFailure.From(new InvalidOperationException(new string('x', 10_000_000)));
        failure.Message.Length.ShouldBeLessThan(40_000);
        failure.Message.ShouldEndWith("… (cut: the message has 10,000,000 characters)");
        Travelled(new InvalidOperationException(new string('x', 10_000_000))).ShouldBeOfType<InvalidOperationException>();

        Exception chain = new FormatException("innermost");
        for (int i = 0; i < 10_000; i++)
            chain = new InvalidOperationException($"{i}", chain);
        Exception? error = Travelled(chain);
        error.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("9999");
        int depth = 0;
        for (; error.InnerException is { } inner; error = inner)
            depth++;
        depth.ShouldBeLessThan(20);
        error.Message.ShouldContain("were cut");

        var wide = new AggregateException("", Enumerable.Range(0, 10_000).Select(i => new FormatException($"{i}")));
        Bytes(RemoteFailure.From(wide)).Length.ShouldBeLessThan(200_000);
        Travelled(wide).ToString().ShouldContain("were cut");
    }

    [Fact]
    public void A_failed_map_over_long_texts_stays_below_what_the_other_side_reads_and_says_what_was_cut()
    {
        string page = new('€', 100_000);
        var map = new MapFailedException([.. Enumerable.Range(0, 600).Select(i => new MapFailure(1_000_000_000 + i, page, new FormatException($"{i}")))]);
        byte[] bytes = Bytes(RemoteFailure.From(new AggregateException(Enumerable.Repeat(map, 100))));
        bytes.Length.ShouldBeLessThan(FailureFormat.MaxLength / 2);

        MapFailure[] failures = [.. Travelled(map).ShouldBeOfType<MapFailedException>().Failures];
        failures[0].Input.ShouldBeOfType<string>().ShouldEndWith("€ … (cut)");
        failures[0].Input.ShouldBeOfType<string>().Length.ShouldBeGreaterThan(30_000);
        failures[100].Index.ShouldBe(1_000_000_100);
        failures[100].Error.ShouldBeOfType<FormatException>().Message.ShouldBe("100");
    }

    [Fact]
    public void A_cyclic_chain_ends()
    {
        var cyclic = new InvalidOperationException("snake");
        typeof(Exception).GetField("_innerException", BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(cyclic, cyclic);
        Travelled(cyclic).ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("snake");
    }

    [Fact]
    public void Our_own_errors_come_back_with_their_data()
    {
        var lost = Travelled(new WorkerLostException(
            new TaskId(3), "Forge.Hammer", 77, WorkerLossCause.Crashed, LostTaskState.Started, 2, signal: 11,
            report: new(77) { LastLines = ["a", "b"], LastOutput = ["c"], Usage = new(TimeSpan.FromSeconds(1), null, 5) }));
        var arrived = lost.ShouldBeOfType<WorkerLostException>();
        (arrived.Pid, arrived.Cause, arrived.TaskState, arrived.Attempt, arrived.ExitCode, arrived.Signal)
            .ShouldBe((77, WorkerLossCause.Crashed, LostTaskState.Started, 2, (int?)null, (int?)11));
        arrived.LastLines.ShouldBe(["a", "b"]);
        arrived.LastOutput.ShouldBe(["c"]);
        arrived.Usage.ShouldBe(new WorkerUsage(TimeSpan.FromSeconds(1), null, 5));
        arrived.Message.ShouldContain("SIGSEGV");

        var payload = Travelled(new PayloadException("Order.Tags: no", new FormatException()) { Side = PayloadSide.Result });
        payload.ShouldBeOfType<PayloadException>().Side.ShouldBe(PayloadSide.Result);
        payload.InnerException.ShouldBeOfType<FormatException>();
        Travelled(new PayloadTooLargeException(10, 11)).ShouldBeOfType<PayloadTooLargeException>().Limit.ShouldBe(10);
        Travelled(new TaskTimeoutException("late", TimeSpan.FromSeconds(3))).ShouldBeOfType<TaskTimeoutException>()
            .Timeout.ShouldBe(TimeSpan.FromSeconds(3));
        var late = Travelled(new TaskTimeoutException("late", TimeSpan.FromSeconds(3), report: new(78) { LastOutput = ["d"] })).ShouldBeOfType<TaskTimeoutException>();
        (late.Pid, late.LastOutput[0], late.Usage).ShouldBe((78, "d", (WorkerUsage?)null));
        Travelled(new ResourceExhaustedException(ResourceKind.Memory, "full")).ShouldBeOfType<ResourceExhaustedException>()
            .Kind.ShouldBe(ResourceKind.Memory);
        Travelled(new ExecutorBrokenException("gave up", new WorkerStartException("no file"))).ShouldBeOfType<ExecutorBrokenException>()
            .InnerException.ShouldBeOfType<WorkerStartException>();
        Travelled(new WorkerVersionMismatchException("other build")).ShouldBeOfType<WorkerVersionMismatchException>();
        Travelled(new CommandStartException("git", "no such file")).ShouldBeOfType<CommandStartException>().Program.ShouldBe("git");
        var deadlock = Travelled(new ExecutorDeadlockException(new TaskId(3), "Price", [(new TaskId(1), "Order")])).ShouldBeOfType<ExecutorDeadlockException>();
        (deadlock.Task.Value, deadlock.Waiting.Single().Value).ShouldBe((3, 1));
        deadlock.Message.ShouldContain("1 (Order)");
        Travelled(new ExecutorNestingException("too deep")).ShouldBeOfType<ExecutorNestingException>();
        Travelled(new RemoteTaskException("Shop.Error", "no", "at Shop")).ShouldBeOfType<RemoteTaskException>()
            .RemoteStack.ShouldBe("at Shop");

        var map = Travelled(new MapFailedException([new(1, "a", new FormatException("x")), new(5, 7, new TimeoutException("y"))]))
            .ShouldBeOfType<MapFailedException>();
        map.Failures.Select(failure => (failure.Index, failure.Input, failure.Error.GetType()))
            .ShouldBe([(1, "a", typeof(FormatException)), (5, null, typeof(TimeoutException))]);
    }

    [Fact]
    public void Every_error_of_the_library_comes_back_as_itself()
    {
        var errors = typeof(ExecutorException).Assembly.GetExportedTypes()
            .Where(type => type.IsAssignableTo(typeof(Exception)) && !type.IsAbstract);
        string source = File.ReadAllText(Path.Combine(Repository.Library, "Payloads", "FailureDetails.cs"));
        foreach (var error in errors)
            source.ShouldContain($"\"{error.FullName}\"");
    }

    [Fact]
    public void A_type_that_a_worker_names_is_never_created_unless_it_is_an_exception_of_a_known_assembly()
    {
        var known = FailureType.Of(typeof(FormatException));
        Named(known).ShouldBeOfType<FormatException>();
        Named(FailureType.Of(typeof(System.Text.StringBuilder))).ShouldBeOfType<RemoteTaskException>();
        Named(known with { Name = "System.Collections.Generic.List`1[[Evil, Evil]]" }).ShouldBeOfType<RemoteTaskException>();
        Named(known with { AssemblyName = "Evil, Version=1.0.0.0" }).ShouldBeOfType<RemoteTaskException>();
        Named(known with { AssemblyName = "" }).ShouldBeOfType<RemoteTaskException>();
        Named(known with { Module = Guid.Empty }).ShouldBeOfType<RemoteTaskException>();
        Named(FailureType.Of(typeof(WorkerLostException))).ShouldBeOfType<RemoteTaskException>();
        for (int i = 0; i < 256; i++)
            Named(known with { Token = (i << 24) | (known.Token & 0xFFFFFF) }).GetType().ShouldBe(i == 2 ? typeof(FormatException) : typeof(RemoteTaskException));
    }

    [Fact]
    public void No_assembly_is_loaded_because_a_failure_names_a_type_that_is_forwarded_there()
    {
        Assembly facade = Assembly.Load("netstandard");
        var before = AppDomain.CurrentDomain.GetAssemblies();
        foreach (int token in (int[])[0x02000001, 0x02000002, 0x27000001, 0x27000100, 0x01000001, 0x23000001])
            Named(new FailureType("System.Data.DataException", facade.FullName!, facade.ManifestModule.ModuleVersionId, token)).ShouldBeOfType<RemoteTaskException>();
        AppDomain.CurrentDomain.GetAssemblies().Except(before).Where(assembly => assembly.GetName().Name!.StartsWith("System.Data", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void A_failure_that_would_become_many_times_its_size_is_refused()
    {
        var inner = new RemoteFailure { TypeName = "", Message = "" };
        RemoteFailure[] many = new RemoteFailure[100_000];
        Array.Fill(many, inner);
        byte[] bytes = Bytes(new RemoteFailure { TypeName = "", Message = "", Inner = many });
        long before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<PayloadException>(() => RemoteFailure.Read(bytes));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);

        Should.Throw<PayloadException>(() => RemoteFailure.Read(Bytes(new RemoteFailure { TypeName = "", Message = new string('x', 5 << 20) })));
        Should.Throw<PayloadException>(() => RemoteFailure.Read(Bytes(new RemoteFailure { TypeName = "", Message = "", Details = new string?[100_000] })));
        for (int i = 0; i < 60; i++)
            inner = new RemoteFailure { TypeName = "", Message = "", Inner = [inner] };
        Should.Throw<PayloadException>(() => RemoteFailure.Read(Bytes(inner)));
    }

    [Fact]
    public void An_exception_whose_constructor_has_thrown_it_keeps_its_type_and_the_remote_stack()
    {
        var error = Travelled(Thrown(() => throw new TracedException("no bow", new FormatException()))).ShouldBeOfType<TracedException>();
        error.InnerException.ShouldBeOfType<FormatException>();
        error.Data[RemoteTaskException.RemoteStackKey].ShouldBeOfType<string>().ShouldContain(nameof(An_exception_whose_constructor_has_thrown_it_keeps_its_type_and_the_remote_stack));
        Travelled(new AggregateException(new TracedException("no bow", null))).InnerException.ShouldBeOfType<TracedException>();
    }

    private static Exception Named(FailureType type)
        => new RemoteFailure { TypeName = type.Name, Types = [type], Message = "m" }.Rebuild(typeof(RemoteFailureTests).Assembly);

    [Fact]
    public void Malformed_bytes_are_refused_at_every_length_and_after_every_change()
    {
        var error = new AggregateException(new FormatException("a"), new TaskTimeoutException("b", TimeSpan.Zero));
        byte[] bytes = Bytes(RemoteFailure.From(error));
        for (int length = 0; length < bytes.Length; length++)
            Should.Throw<PayloadException>(() => RemoteFailure.Read(bytes.AsSpan(0, length)));

        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 0xFF;
            try
            {
                RemoteFailure.Read(changed).Rebuild(typeof(RemoteFailureTests).Assembly);
            }
            catch (PayloadException)
            {
                // Refused by name. Everything else would fail the test.
            }
        }
    }

    private static Exception Travelled(Exception remote) => Travelled(remote, typeof(RemoteFailureTests).Assembly);

    private static Exception Travelled(Exception remote, Assembly? workAssembly)
        => RemoteFailure.Read(Bytes(RemoteFailure.From(remote))).Rebuild(workAssembly);

    private static byte[] Bytes(RemoteFailure failure)
    {
        using var writer = new PayloadWriter();
        failure.Write(writer);
        return writer.WrittenSpan.ToArray();
    }

    private static Exception Thrown(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            return error;
        }

        throw new InvalidOperationException("It did not throw.");
    }
}
