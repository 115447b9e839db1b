#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false

// Updates every Git repository directly below a folder. Pulling waits for the network nearly all of the time, so this is work for threads:
// asynchronous work holds a worker but no thread, and 32 at once are cheap. `hands pull` does the same with all the care it takes.
// Usage: dotnet run samples/pull.cs -- FOLDER

using ManyHands;

string folder = args is [var given] ? given : ".";
string[] repositories = [.. Directory.GetDirectories(folder).Where(path => Path.Exists(Path.Combine(path, ".git")))];

await using var pool = new ThreadExecutor(workers: 32);
await foreach (string line in pool.MapUnorderedAsync(repositories, Pull))
    Console.WriteLine(line);
Console.WriteLine($"{repositories.Length} repositories");

static async Task<string> Pull(string repository, CancellationToken cancellation)
{
    ExternalCommand git = ExternalCommand.Create("git", "pull", "--ff-only", "--quiet") with
    {
        WorkingDirectory = repository,
        Environment = new Dictionary<string, string?> { ["GIT_TERMINAL_PROMPT"] = "0" }, // nobody is there to answer
        Timeout = TimeSpan.FromMinutes(2),
    };
    CommandResult result = await git.RunAsync(cancellation);
    return $"{Path.GetFileName(repository)}: {(result.Succeeded ? "up to date" : result.Error.Trim())}";
}
