#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false

// One task ends its own process. It alone fails; the others finish, and the worker is replaced.

using System.Diagnostics;
using ManyHands;

await using var pool = new ProcessExecutor(workers: 2);

Task<string>[] tasks = [.. Enumerable.Range(1, 8).Select(number => pool.RunAsync(Mine.Dig, number))];
foreach (Task<string> task in tasks)
{
    try
    {
        Console.WriteLine(await task);
    }
    catch (WorkerLostException error)
    {
        Console.WriteLine(error.Message);
    }
}

ExecutorSnapshot after = pool.Snapshot();
Console.WriteLine($"{after.Succeeded} succeeded, {after.Failed} failed, {after.WorkersLost} worker lost");

static class Mine
{
    public static string Dig(int tunnel)
    {
        if (tunnel == 4)
            Process.GetCurrentProcess().Kill(); // as a native library would, with less warning
        return $"tunnel {tunnel} dug by process {Environment.ProcessId}";
    }
}
