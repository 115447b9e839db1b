// An application with worker processes, for tests that kill or interrupt an application from outside.
//
//   busy FOLDER       two workers, each in an endless loop; prints their process ids, then waits for ever
//   idle              two idle workers; prints their process ids, then waits for ever
//   interrupted GATE  one worker waits for the file GATE; Ctrl-C is ignored; prints its process id, then the result
//   late FILE         waits for FILE, then runs one task and prints its result or the type of its error
//   dropped           ends without closing its executor; prints the workers' process ids

using ManyHands;
using ManyHands.Conformance.Work;

string mode = args[0];
var never = new TaskCompletionSource();
ProcessExecutor pool = new(new ProcessExecutorOptions { Workers = mode is "interrupted" or "late" ? 1 : 2, KillAfter = TimeSpan.FromSeconds(1) });

switch (mode)
{
    case "busy":
        string[] files = [Path.Combine(args[1], "busy-1"), Path.Combine(args[1], "busy-2")];
        foreach (string file in files)
            _ = pool.RunAsync(Waiting.Loop, file);
        foreach (string file in files)
            await Appears(file);
        await Tell(files.Select(File.ReadAllText));
        break;

    case "idle" or "dropped":
        await pool.ForEachAsync(Enumerable.Range(0, 20), (int i) => { Waiting.For(10 + (i % 2)); });
        await Tell(pool.Snapshot().Workers.Select(worker => $"{worker.Pid}"));
        if (mode == "dropped")
            return 0;
        break;

    case "interrupted":
        Console.CancelKeyPress += (_, press) => press.Cancel = true;
        string begun = args[1] + ".begun";
        Task<string> waiting = pool.RunAsync(Waiting.ForFile, (begun, args[1]));
        await Appears(begun);
        await Tell([File.ReadAllText(begun)]);
        await Tell([Path.GetFileName(await waiting)]);
        await pool.CloseAsync();
        return 0;

    case "late":
        await Tell(["ready"]);
        await Appears(args[1]);
        try
        {
            await Tell([$"{await pool.RunAsync(Arithmetic.AddOne, 1)}"]);
        }
        catch (Exception error)
        {
            await Tell([$"{error.GetType().Name}: {error.Message} / {error.InnerException?.GetType().Name}: {error.InnerException?.Message}".ReplaceLineEndings(" ")]);
        }

        await pool.CloseAsync();
        return 0;
}

await never.Task;
return 1;

static async Task Appears(string file)
{
    while (!File.Exists(file))
        await Task.Delay(5);
}

static async Task Tell(IEnumerable<string> words)
{
    await Console.Out.WriteLineAsync(string.Join(' ', words));
    await Console.Out.FlushAsync();
}
