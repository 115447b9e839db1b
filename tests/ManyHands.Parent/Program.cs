// An application with worker processes, for tests that kill or interrupt an application from outside.
//
//   busy FOLDER       two workers, each in an endless loop; prints their process ids, then waits for ever
//   native FOLDER     the same, in loops of machine code
//   idle              two idle workers; prints their process ids, then waits for ever
//   interrupted GATE  one worker waits for the file GATE; Ctrl-C is ignored; prints its process id, then the result
//   late FILE         waits for FILE, then runs one task and prints its result or the type of its error
//   large COUNT       asks its worker, whose memory is not limited as its own may be, for so many bytes, then for a sum; prints both
//   constructed FILE  waits for FILE, then makes an executor, and no use of it; prints the error, if there is one
//   rebuilt GO        two workers, see Rebuilt; the files GO.1 and GO.2 let it go on
//   stalled GATE LIMIT  one busy worker, one idle, a heartbeat of LIMIT milliseconds, see Stalled
//   reaped            other code of it takes the exit status of every child; prints why three workers were lost, and the result of one more task
//   dropped           ends without closing its executor; prints the workers' process ids
//   stopping GATE GRACE  stops with the first SIGINT or SIGTERM, see Stopping; GRACE in milliseconds
//   hungry            loses workers to a signal, to a task that takes 2,000 MiB, and to a signal; prints each cause, and the result of one more
//   leaks TASKS MARK  uses executors up, twice; prints what the second time has added, see Measuring
//   again FILE        notes its process id in FILE, then uses an executor; prints the error, if there is one
//   exhausted WHAT LEFT  has only so many descriptors or threads left, see Exhausted
//   starved KIND      has a thread pool full of blocked items, see Starved; prints what ended and what waits
//   threadless        has no threads left, see Exhausted
//   flood BYTES ERROR LINES  has a task print that much; prints what came of it, see Measuring
//   wandering FOLDER PORTABLE  makes an executor in one folder and leaves it, see Wandering
//   talking EXECUTOR  runs tasks that print, and ends with the last result, see Talking

using System.Globalization;
using ManyHands;
using ManyHands.Conformance.Work;

if (args[0] == "constructed")
{
    await Tell(["ready"]);
    await Appears(args[1]);
    try
    {
        await new ProcessExecutor(workers: 1).DisposeAsync();
        await Tell(["made"]);
    }
    catch (Exception error)
    {
        await Tell([$"{error.GetType().Name}: {error.Message}"]);
    }

    return 0;
}

if (args[0] == "starved")
{
    Starved.Run(args[1], Console.WriteLine);
    return 0;
}

if (args[0] == "reaped")
{
    await using var executor = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, Output = WorkerOutput.Discard });
    await executor.RunAsync(Arithmetic.AddOne, 1);
    new Thread(Lying.ReapAll) { IsBackground = true }.Start();
    var said = new List<string>();
    for (int i = 0; i < 3; i++)
    {
        try
        {
            await executor.RunAsync(Crashing.FailFast, "reaped");
        }
        catch (WorkerLostException error)
        {
            said.Add($"{error.Cause}");
        }
    }

    said.Add($"{await executor.RunAsync(Arithmetic.AddOne, 1)}");
    await Tell([string.Join(' ', said)]);
    return 0;
}

if (args[0] == "talking")
{
    await Talking.Run(args[1]);
    return 0;
}

if (args[0] == "wandering")
{
    await Wandering.Run(args[1], bool.Parse(args[2]), line => Tell([line]));
    return 0;
}

if (args[0] is "exhausted" or "threadless")
{
    if (args[0] == "threadless")
        await Exhausted.RunThreads(line => Tell([line]));
    else
        await Exhausted.Run(args[1], int.Parse(args[2], CultureInfo.InvariantCulture), line => Tell([line]));
    return 0;
}

if (args[0] == "again")
{
    await File.AppendAllTextAsync(args[1], $"{Environment.ProcessId}\n");
    try
    {
        await using var executor = new ProcessExecutor(workers: 2);
        await executor.RunAsync(Arithmetic.AddOne, 1);
    }
    catch (Exception error)
    {
        await Console.Error.WriteLineAsync(error.Message);
        return 3;
    }

    return 0;
}

string mode = args[0];
var never = new TaskCompletionSource();
ProcessExecutor pool = new(new ProcessExecutorOptions
{
    Workers = mode is "interrupted" or "late" or "large" ? 1 : 2,
    KillAfter = TimeSpan.FromSeconds(1),
    Environment = new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = null },
});

switch (mode)
{
    case "busy" or "native":
        string[] files = [Path.Combine(args[1], "busy-1"), Path.Combine(args[1], "busy-2")];
        foreach (string file in files)
            _ = mode == "busy" ? pool.RunAsync(Waiting.Loop, file) : pool.RunAsync(Endless.LoopNatively, file);
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

    case "large":
        try
        {
            await Tell([$"{(await pool.RunAsync(Arithmetic.Zeros, int.Parse(args[1], CultureInfo.InvariantCulture))).Length}"]);
        }
        catch (PayloadException error)
        {
            await Tell([$"{error.Side}: {error.Message}"]);
        }

        await Tell([$"{await pool.RunAsync(Arithmetic.AddOne, 1)}, {pool.Snapshot().WorkersLost} lost"]);
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

    case "stopping":
        using (var stopping = new Stopping())
            return await stopping.Run(args[1], TimeSpan.FromMilliseconds(int.Parse(args[2], CultureInfo.InvariantCulture)), line => Tell([line]));

    case "stalled":
        await Stalled.Run(args[1], TimeSpan.FromMilliseconds(int.Parse(args[2], CultureInfo.InvariantCulture)), line => Tell([line]));
        return 0;

    case "rebuilt":
        await Rebuilt.Run(args[1], line => Tell([line]));
        return 0;

    case "hungry":
        await using (var one = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, Output = WorkerOutput.Discard }))
        {
            foreach (Func<Task> run in (Func<Task>[])[() => one.RunAsync(Crashing.Kill, 0), () => one.RunAsync(Hungry.TakeNatively, 2000), () => one.RunAsync(Crashing.Kill, 0)])
            {
                try
                {
                    await run();
                }
                catch (WorkerLostException error)
                {
                    await Tell([$"{error.Cause} {error.Signal}"]);
                }
            }

            await Tell([$"{await one.RunAsync(Arithmetic.AddOne, 1)}"]);
        }

        return 0;

    case "interrupts": // in an application of its own, which is gone where an interruption strikes the library
        foreach (Func<Executor> make in (Func<Executor>[])[() => new ThreadExecutor(workers: 2), () => new ContextExecutor(workers: 2)])
        {
            await using Executor interrupted = make();
            for (int i = 0; i < 100; i++)
            {
                await Task.WhenAll(Enumerable.Range(0, 200).Select(number => interrupted.RunAsync(
                    static (int number) =>
                    {
                        Thread.CurrentThread.Interrupt();
                        return number;
                    },
                    number)));
            }

            await Tell([$"{interrupted.Snapshot().Succeeded}"]);
        }

        return 0;

    case "sharing":
        await Exhausted.RunSharing(int.Parse(args[1], CultureInfo.InvariantCulture), line => Tell([line]));
        return 0;

    case "leaks":
        await Tell([await Measuring.Leaks(int.Parse(args[1], CultureInfo.InvariantCulture), args[2])]);
        return 0;

    case "flood":
        await Tell([await Measuring.Flood(long.Parse(args[1], CultureInfo.InvariantCulture), bool.Parse(args[2]), bool.Parse(args[3]))]);
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
