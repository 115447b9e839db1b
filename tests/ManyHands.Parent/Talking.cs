using System.Diagnostics;
using System.Runtime.InteropServices;
using ManyHands;

/// <summary>An application whose tasks print, and that ends the moment it has its last result, without closing its executor.</summary>
internal static class Talking
{
    public static async Task Run(string kind)
    {
        Console.SetError(Console.Out); // one stream, so the order can be seen
        Executor pool = Make(kind);
        for (int i = 0; i < 50; i++)
        {
            Console.WriteLine($"\nresult {await pool.RunAsync(Talk, i)}");
            Console.WriteLine($"\nresult {await pool.RunAsync(static async (int number) => { await Task.Yield(); return Talk(number); }, 100 + i)}");
        }

        await foreach (int result in pool.MapAsync(Enumerable.Range(200, 100), TalkInLines))
            Console.WriteLine($"result {result}");
        if (kind == "process")
            Console.WriteLine($"result {await pool.RunAsync(TalkNatively, 300)}");
        try
        {
            await pool.RunAsync(TalkAndFail, 400);
        }
        catch (InvalidOperationException error)
        {
            Console.WriteLine($"result {error.Message}");
        }

        Console.WriteLine($"result {await pool.RunAsync(TalkInLines, 500)}");
    }

    private static Executor Make(string kind) => kind switch
    {
        "thread" => new ThreadExecutor(2),
        "context" => new ContextExecutor(2),
        "process" => new ProcessExecutor(2),
        "lanes" => new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, LanesPerWorker = 2 }),
        "portable" => new ProcessExecutor(new ProcessExecutorOptions { Workers = 2, Portable = true }),
        "hybrid" => new HybridExecutor(new ProcessExecutor(1), new ThreadExecutor(1)),
        _ => new AdaptiveExecutor(),
    };

    // Ends within a line.
    private static int Talk(int number)
    {
        _ = TalkInLines(number);
        Console.Write($"task {number} rest");
        return number;
    }

    private static int TalkInLines(int number)
    {
        Console.WriteLine($"task {number} out");
        Console.Error.WriteLine($"task {number} error");
        return number;
    }

    private static int TalkNatively(int number)
    {
        _ = Puts($"task {number} native");
        using Process child = Process.Start("echo", $"task {number} child");
        child.WaitForExit();
        return number;
    }

    private static int TalkAndFail(int number)
    {
        _ = TalkInLines(number);
        throw new InvalidOperationException($"{number}");
    }

    [DllImport("libc", EntryPoint = "puts", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int Puts(string text);
}
