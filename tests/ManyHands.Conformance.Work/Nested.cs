using System.Diagnostics;

namespace ManyHands.Conformance.Work;

/// <summary>Work that makes executors or processes of its own, in several ways and to several depths.</summary>
public static class Nested
{
    private static readonly List<Executor> _forgotten = [];

    /// <summary>Goes that many levels of worker processes further down, and closes each executor as told.</summary>
    public static async Task<int> Down((int Levels, CloseMode Mode) order)
    {
        if (order.Levels == 0)
            return 42;
        var pool = new ProcessExecutor(workers: 1);
        try
        {
            return await pool.RunAsync(Down, (order.Levels - 1, order.Mode));
        }
        finally
        {
            await pool.CloseAsync(order.Mode);
        }
    }

    /// <summary>Notes its process, goes a level down until none is left, and waits for ever there.</summary>
    public static async Task HoldDeep((string File, int Levels) order)
    {
        Beginning.Succeed(order.File);
        if (order.Levels == 1)
            await Task.Delay(Timeout.Infinite);
        await using var pool = new ProcessExecutor(workers: 1);
        await pool.RunAsync(HoldDeep, (order.File, order.Levels - 1));
    }

    /// <summary>Makes an executor, uses it, and leaves it open.</summary>
    public static async Task<int> SquareAndForget(int number)
    {
        var pool = new ProcessExecutor(workers: 2);
        _forgotten.Add(pool);
        long[] squares = await Task.WhenAll(pool.RunAsync(Arithmetic.Square, number), pool.RunAsync(Arithmetic.Square, number + 1));
        return (int)squares.Sum();
    }

    /// <summary>Every task makes an executor whose tasks do the same, as long as they may; gives how many could go no further.</summary>
    public static async Task<int> Explode(string file)
    {
        Beginning.Succeed(file);
        try
        {
            int ends = 0;
            await using var pool = new ProcessExecutor(workers: 2);
            await foreach (int below in pool.MapUnorderedAsync([file, file, file], Explode))
                ends += below;
            return ends;
        }
        catch (ExecutorNestingException)
        {
            return 1;
        }
    }

    /// <summary>The kinds of executor from here on down: processes as long as there may be more, then threads.</summary>
    public static async Task<string[]> Kinds(int levels)
    {
        if (levels == 0)
            return [];
        Executor pool;
        try
        {
            pool = new ProcessExecutor(workers: 1);
        }
        catch (ExecutorNestingException)
        {
            pool = new ThreadExecutor(workers: 1);
        }

        await using (pool)
            return [pool.GetType().Name, .. await pool.RunAsync(Kinds, levels - 1)];
    }

    /// <summary>Threads below threads.</summary>
    public static async Task<int> ThreadsDown(int levels)
    {
        if (levels == 0)
            return 0;
        await using var pool = new ThreadExecutor(workers: 2);
        return 1 + await pool.RunAsync(ThreadsDown, levels - 1);
    }

    /// <summary>Runs a program to its end.</summary>
    public static int StartProgram(int code)
    {
        using Process program = Process.Start("sh", ["-c", $"exit {code}"]);
        program.WaitForExit();
        return program.ExitCode;
    }

    public static async Task<int> UseThreads(int number)
    {
        await using var pool = new ThreadExecutor(workers: 1);
        return await pool.RunAsync(Arithmetic.AddOne, number);
    }

    public static async Task<int> UseProcesses(int number)
    {
        await using var pool = new ProcessExecutor(workers: 1);
        return await pool.RunAsync(Arithmetic.AddOne, number);
    }
}
