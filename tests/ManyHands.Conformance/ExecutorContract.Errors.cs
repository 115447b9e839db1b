using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text.Json;
using ManyHands.Conformance.Work;

namespace ManyHands.Conformance;

/// <content>What is caught does not depend on where the work ran.</content>
public abstract partial class ExecutorContract<TFixture>
{
    [Theory]
    [InlineData(WorkKind.Computing)]
    [InlineData(WorkKind.Waiting)]
    public async Task Exceptions_keep_their_public_state(WorkKind kind)
    {
        await using Executor pool = New();
        (await Thrown("http")).ShouldBeOfType<HttpRequestException>().StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Thrown("socket")).ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        var file = (await Thrown("file")).ShouldBeOfType<FileNotFoundException>();
        (file.FileName, file.HResult, file.Data["line"]).ShouldBe(("a.txt", 4711, 3));
        (await Thrown("code")).ShouldBeOfType<CodeException>().Code.ShouldBe(7);
        var range = (await Thrown("x")).ShouldBeOfType<ArgumentOutOfRangeException>();
        (range.ParamName, range.ActualValue).ShouldBe(("what", "x"));
        var traced = (await Thrown("traced")).ShouldBeOfType<TracedException>();
        traced.InnerException.ShouldBeOfType<FormatException>().Message.ShouldBe("inner");
        (await Caught(() => pool.RunAsync(FailingWithState.Parse, "[1,", new SubmitOptions { Kind = kind }))).ShouldBeAssignableTo<JsonException>();

        Task<Exception> Thrown(string what) => Caught(() => pool.RunAsync(FailingWithState.Throw, what, new SubmitOptions { Kind = kind }));
    }

    [Theory]
    [InlineData(WorkKind.Computing)]
    [InlineData(WorkKind.Waiting)]
    public async Task An_exception_that_would_lose_state_arrives_as_its_nearest_base_with_its_real_name_where_arguments_are_copied(WorkKind kind)
    {
        await using Executor pool = New();
        var errors = new List<Exception> { await Caught(() => pool.RunAsync(FailingWithState.Throw, "secretive", new SubmitOptions { Kind = kind })) };
        var map = pool.MapAsync(["secretive", "secretive"], FailingWithState.Throw, new MapOptions { Kind = kind, OnFailure = OnFailure.Continue });
        var failed = (await Caught(async () =>
        {
            await foreach (int _ in map)
            {
            }
        })).ShouldBeOfType<MapFailedException>();
        errors.AddRange(failed.Failures.Select(failure => failure.Error));
        errors.Count.ShouldBe(3);
        foreach (var error in errors)
        {
            if (pool is HybridExecutor && error is SecretiveException)
                continue; // it ran on threads, since that was asked for
            error.GetType().ShouldBe(pool.Traits.CopiesArguments ? typeof(InvalidOperationException) : typeof(SecretiveException));
            error.Message.ShouldBe("Now.");
            if (pool.Traits.CopiesArguments)
                error.Data[RemoteTaskException.RealTypeKey].ShouldBe(typeof(SecretiveException).FullName);
        }
    }

    [Fact]
    public async Task An_initializer_may_throw_what_has_a_stack_of_its_own()
    {
        var options = new ExecutorOptions
        {
            Initializer = WorkerInitializer.Of(FailingWithState.FailToStart, "traced"),
            RestartLimit = new RestartLimit { Failures = 1 },
        };
        await using Executor pool = New(options);
        Exception? error = await Caught(() => pool.RunAsync(Arithmetic.AddOne, 1));
        while (error is not (null or TracedException))
            error = error.InnerException;
        error.ShouldNotBeNull();
    }

    [Fact]
    public void A_result_that_could_never_travel_back_is_refused_in_the_callers_own_call_whatever_the_verb()
    {
        Executor pool = New();
        if (!pool.Traits.CopiesArguments || pool is HybridExecutor)
            return; // results stay in this process, or may
        string begun = _files.New();
        Action[] submissions =
        [
            () => pool.RunAsync(Refused.Open, begun),
            () => pool.RunAsync(Refused.OpenAsync, begun),
            () => pool.SubmitAsync(Refused.Any, begun),
            () => pool.TrySubmit(Refused.Many, begun, out _),
            () => pool.MapAsync([begun], Refused.Open),
            () => pool.MapUnorderedAsync([begun], Refused.Any),
            () => pool.MapAsync([begun], Refused.OpenAsync),
        ];
        foreach (Action submit in submissions)
            Should.Throw<PayloadException>(submit).Side.ShouldBe(PayloadSide.ResultType);
        Should.Throw<PayloadException>(() => { _ = pool.MapAsync(new[] { Stream.Null }, (Stream stream) => stream.Length); }).Side.ShouldBe(PayloadSide.Submit);
        Should.Throw<PayloadException>(() => { _ = pool.ForEachAsync(new[] { Stream.Null }, (Stream stream) => stream.Dispose()); }).Side.ShouldBe(PayloadSide.Submit);
        File.Exists(begun).ShouldBeFalse();
        pool.Snapshot().Workers.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_people_send_travels()
    {
        await using Executor pool = New();
        (await pool.RunAsync(Arithmetic.EchoAny<BigInteger>, BigInteger.Pow(7, 100)).Time()).ShouldBe(BigInteger.Pow(7, 100));
        (await pool.RunAsync(Arithmetic.EchoAny<IPAddress>, IPAddress.IPv6Loopback).Time()).ShouldBe(IPAddress.IPv6Loopback);
        (await pool.RunAsync(Arithmetic.EchoAny<Int128>, Int128.MinValue).Time()).ShouldBe(Int128.MinValue);
        var byTuple = new Dictionary<(string, int), string> { [("a", 1)] = "b" };
        (await pool.RunAsync(Arithmetic.EchoAny<Dictionary<(string, int), string>>, byTuple).Time())[("a", 1)].ShouldBe("b");
    }

    [Fact]
    public async Task A_time_without_end_is_accepted_wherever_there_is_a_time()
    {
        TimeSpan never = Timeout.InfiniteTimeSpan;
        await using Executor pool = New(new ExecutorOptions { KillAfter = never, RestartLimit = new RestartLimit { Window = never } });
        (await pool.RunAsync(Arithmetic.AddOne, 1, new SubmitOptions { Timeout = never }).Time()).ShouldBe(2);
        (await pool.RunAsync(Arithmetic.AddOne, 2, new SubmitOptions { Timeout = TimeSpan.MaxValue }).Time()).ShouldBe(3);
        var results = new List<int>();
        await foreach (int result in pool.MapAsync([1, 2], Arithmetic.AddOne, new MapOptions { Timeout = never }))
            results.Add(result);
        results.ShouldBe([2, 3]);
    }

    private static async Task<Exception> Caught(Func<Task> action)
    {
        try
        {
            await action().Time();
        }
        catch (Exception error)
        {
            return error;
        }

        throw new InvalidOperationException("It did not throw.");
    }
}
