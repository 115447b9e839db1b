namespace ManyHands.Scenarios.Tests.SerialisationFaults;

/// <summary>Where on its journey a task goes wrong.</summary>
public enum Where
{
    /// <summary>The argument is encoded, in the caller's call.</summary>
    WritingArgument,

    /// <summary>The argument is decoded, in the worker.</summary>
    ReadingArgument,

    /// <summary>The work runs.</summary>
    Running,

    /// <summary>The result is encoded, in the worker.</summary>
    WritingResult,

    /// <summary>The result is decoded, in the caller's process.</summary>
    ReadingResult,
}

/// <summary>One row of the table "where × how": how to provoke it and what its caller must get.</summary>
public static class JourneyFault
{
    /// <summary>Submits the task; may throw in this very call.</summary>
    public static Task Provoke(Executor pool, Where where, Way way) => where switch
    {
        Where.WritingArgument => pool.RunAsync(Bombs.Take, Bomb.Of(Moment.Encoding, way)),
        Where.ReadingArgument => pool.RunAsync(Bombs.Take, Bomb.Of(Moment.Decoding, way)),
        Where.Running => pool.RunAsync(Bombs.GoOff, way),
        Where.WritingResult => pool.RunAsync(Bombs.Make, (Moment.Encoding, way, Environment.ProcessId)),
        _ => pool.RunAsync(Bombs.Make, (Moment.Decoding, way, Environment.ProcessId)),
    };

    /// <summary>The error is the named one, and says where.</summary>
    public static void Check(Exception error, Where where, Way way)
    {
        if (where is not (Where.WritingArgument or Where.ReadingResult) && way != Way.Throw)
        {
            CheckLoss(error.ShouldBeOfType<WorkerLostException>(), way);
            return;
        }

        if (where == Where.Running)
        {
            error.ShouldBeOfType<FormatException>().Message.ShouldBe("It went off.");
            return;
        }

        PayloadException payload = error.ShouldBeOfType<PayloadException>();
        payload.Side.ShouldBe(where switch
        {
            Where.WritingArgument => PayloadSide.Submit,
            Where.ReadingArgument => PayloadSide.WorkerInput,
            Where.WritingResult => PayloadSide.Result,
            _ => PayloadSide.ParentResult,
        });
        payload.Message.ShouldContain(way == Way.Throw ? "It went off." : "stop");
        payload.Message.ShouldContain(nameof(Bomb));
    }

    private static void CheckLoss(WorkerLostException loss, Way way)
    {
        loss.TaskState.ShouldBe(LostTaskState.Started);
        loss.Attempt.ShouldBe(1);
        if (way == Way.Fault)
            loss.ShouldSatisfyAllConditions(lost => lost.Cause.ShouldBe(WorkerLossCause.Crashed), lost => lost.Signal.ShouldBe(11));
        else
            loss.ShouldSatisfyAllConditions(lost => lost.Cause.ShouldBe(WorkerLossCause.Exited), lost => lost.ExitCode.ShouldBe(way == Way.Exit ? 3 : 0));
    }
}
