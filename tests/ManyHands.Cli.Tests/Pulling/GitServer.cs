using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ManyHands.Cli.Tests.Pulling;

/// <summary>A `git daemon` on 127.0.0.1 over an empty folder of its own; ends with the tests.</summary>
public sealed class GitServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hands-server-").FullName;
    private Process? _daemon;

    /// <summary>Where the served repositories lie.</summary>
    public string Remotes => Path.Combine(_folder, "remotes");

    public int Port { get; private set; }

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Remotes);

        // Tells which repository was asked for, and by that how often.
        string hook = Path.Combine(_folder, "hook");
        await File.WriteAllTextAsync(hook, $"#!/bin/sh\necho \"$2\" >>'{_folder}/connections'\n");
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        for (int attempt = 0; ; attempt++)
        {
            Port = FreePort();
            _daemon = Process.Start(new ProcessStartInfo("git",
            [
                "daemon", "--listen=127.0.0.1", $"--port={Port.ToString(CultureInfo.InvariantCulture)}", $"--base-path={Remotes}", "--export-all",
                "--reuseaddr", "--max-connections=0", $"--access-hook={hook}", Remotes,
            ])
            { RedirectStandardError = true })!;
            if (await AnswersAsync())
                return;
            if (attempt == 5)
                throw new InvalidOperationException($"git daemon does not start: {await _daemon.StandardError.ReadToEndAsync()}");
        }
    }

    public Task DisposeAsync()
    {
        _daemon!.Kill(entireProcessTree: true);
        _daemon.Dispose();
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>How often clients connected for a repository.</summary>
    public int Connections(string repository) => File.ReadLines(Path.Combine(_folder, "connections"))
        .Count(line => Path.GetFileName(line) == repository + ".git");

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> AnswersAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!_daemon!.HasExited)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, Port);
                return true;
            }
            catch (SocketException)
            {
                await timer.WaitForNextTickAsync();
            }
        }

        return false;
    }
}

[CollectionDefinition(Name)]
public sealed class WithGitServer : ICollectionFixture<GitServer>
{
    public const string Name = "git server";
}
