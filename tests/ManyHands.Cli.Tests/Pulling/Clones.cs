using System.Diagnostics;

namespace ManyHands.Cli.Tests.Pulling;

/// <summary>A folder with clones of served repositories, made for one test.</summary>
internal sealed class Clones : IDisposable
{
    private readonly GitServer _server;
    private readonly string _home;

    public Clones(GitServer server)
    {
        _server = server;
        _home = Directory.CreateTempSubdirectory("hands-test-").FullName;
        Mark = Path.GetFileName(_home);
        Folder = Directory.CreateDirectory(Path.Combine(_home, "work")).FullName;
        Environment = new Dictionary<string, string?>
        {
            ["HOME"] = _home,
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_AUTHOR_NAME"] = "test",
            ["GIT_AUTHOR_EMAIL"] = "test@example.org",
            ["GIT_COMMITTER_NAME"] = "test",
            ["GIT_COMMITTER_EMAIL"] = "test@example.org",

            // Found again in every process that a test has started.
            ["HANDS_TEST"] = Mark,
        };

        // Without the sample hooks a clone has half as many files to copy.
        File.WriteAllText(Path.Combine(_home, ".gitconfig"), "[init]\n\tdefaultBranch = main\n\ttemplateDir =\n");
    }

    public string Folder { get; }

    public Dictionary<string, string?> Environment { get; }

    /// <summary>A text that only the environment of this test's processes holds.</summary>
    public string Mark { get; }

    /// <summary>A name that no other test uses, for a repository at the server.</summary>
    public string Served(string name) => $"{Mark}-{name}";

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>A served repository with one commit, and its clone.</summary>
    public string Create(string name)
    {
        Remote(name);
        return Clone(name);
    }

    /// <summary>A served repository with one commit.</summary>
    public void Remote(string name)
    {
        Git(_home, "init", "-q", "--bare", RemotePath(name));
        Publish(name);
    }

    public string Clone(string name, params string[] options)
    {
        Git(Folder, ["clone", "-q", .. options, Url(name), At(name)]);
        return At(name);
    }

    /// <summary>One more clone of the same repository, without a connection to the server.</summary>
    public void Copy(string from, string to) => Run(Folder, "cp", "-r", At(from), At(to));

    public string Url(string name) => $"git://127.0.0.1:{_server.Port}/{Served(name)}.git";

    public string RemotePath(string name) => Path.Combine(_server.Remotes, Served(name) + ".git");

    /// <summary>Puts one more commit on a branch of a served repository.</summary>
    /// <returns>The commit.</returns>
    public string Publish(string name, string branch = "main", string file = "file")
    {
        string remote = RemotePath(name);
        bool isFirst = Run(remote, "git", "rev-parse", "-q", "--verify", $"refs/heads/{branch}").ExitCode != 0;
        string content = Path.Combine(_home, "content");
        File.WriteAllText(content, Guid.NewGuid().ToString());
        string blob = Git(remote, "hash-object", "-w", content);
        string entries = isFirst ? "" : Git(remote, "ls-tree", branch) + "\n";
        entries = string.Concat(entries.Split('\n').Where(line => line.Length > 0 && !line.EndsWith("\t" + file, StringComparison.Ordinal)).Select(line => line + "\n"));
        string tree = Run(remote, "git", ["mktree"], entries + $"100644 blob {blob}\t{file}\n").Output;
        string commit = Git(remote, ["commit-tree", tree, "-m", "news", .. isFirst ? Array.Empty<string>() : ["-p", branch]]);
        Git(remote, "update-ref", $"refs/heads/{branch}", commit);
        return commit;
    }

    public string Head(string name) => Git(At(name), "rev-parse", "HEAD");

    public string Git(string folder, params string[] arguments)
    {
        var (exitCode, output) = Run(folder, "git", arguments);
        return exitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {output}");
    }

    /// <summary>A program that stands before the real one on the PATH.</summary>
    public void Fake(string program, string script)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_home, "bin")).FullName;
        string path = Path.Combine(folder, program);
        File.WriteAllText(path, "#!/bin/sh\n" + script);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Environment["PATH"] = $"{folder}:{System.Environment.GetEnvironmentVariable("PATH")}";
    }

    /// <summary>Runs `hands pull` in the folder of the clones.</summary>
    public async Task<ToolResult> Pull(params string[] arguments)
    {
        await using var tool = Start(arguments);
        return await tool.EndAsync();
    }

    public Tool Start(params string[] arguments) => Tool.Start(Folder, Environment, ["pull", .. arguments]);

    /// <summary>Runs `hands pull` on a terminal of its own.</summary>
    public Tool StartOnTerminal(params string[] arguments)
    {
        string command = ExternalCommand.Create(Tool.Path, ["pull", .. arguments]).ToString();
        return Tool.Start(Folder, Environment, ["-qec", command, "/dev/null"], "script");
    }

    public int[] Processes() => Tests.Processes.WithEnvironment("HANDS_TEST=" + Mark);

    public void Dispose()
    {
        int[] left = Processes();
        foreach (int pid in left)
            Tests.Processes.Kill(pid);

        // They may still be writing.
        Tests.Processes.AreGone(left).GetAwaiter().GetResult();
        Directory.Delete(_home, recursive: true);
    }

    private (int ExitCode, string Output) Run(string folder, string program, params string[] arguments) => Run(folder, program, arguments, "");

    private (int ExitCode, string Output) Run(string folder, string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd().TrimEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + error.Result);
    }
}
