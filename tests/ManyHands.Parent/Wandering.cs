using ManyHands;

/// <summary>An application that makes an executor, and then goes to another folder and changes its environment.</summary>
internal static class Wandering
{
    private const string Variable = "MANYHANDS_WANDERING";

    public static async Task Run(string folder, bool portable, Func<string, Task> tell)
    {
        string home = Directory.CreateDirectory(Path.Combine(folder, "home")).FullName, moved = Path.Combine(folder, "moved");
        Directory.SetCurrentDirectory(home);
        Environment.SetEnvironmentVariable(Variable, "at home");
        await using var pool = new ProcessExecutor(
            new ProcessExecutorOptions { Workers = 1, WarmSpares = 1, Retire = new Retirement { AfterTasks = 1 }, Portable = portable });
        await tell(await pool.RunAsync(Where, 0));
        Directory.SetCurrentDirectory(folder);
        Environment.SetEnvironmentVariable(Variable, "away");
        for (int i = 0; i < 4; i++)
            await tell(await pool.RunAsync(Where, i)); // the first worker, its spare, and workers that were started after the move
        if (portable)
            return; // it knows its folder by name only

        Directory.Move(home, moved);
        for (int i = 0; i < 3; i++)
            await tell(await pool.RunAsync(Where, i));
        Directory.Delete(moved);
        for (int i = 0; i < 3; i++)
            await tell($"{await pool.RunAsync((int number) => number + 1, i)}");
    }

    private static string Where(int ignored) => $"{Path.GetFullPath("file")} {Environment.GetEnvironmentVariable(Variable)}";
}
