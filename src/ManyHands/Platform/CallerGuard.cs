using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using ManyHands.Platform.Linux;

namespace ManyHands.Platform;

/// <summary>
/// Ends the commands, or the workers that have only just been started, of a process that was killed: nobody else is left to do it, and they live in sessions of their own. A small shell waits at the
/// end of a pipe, is told of every start and end, and when the pipe closes it kills what is still running. After a normal end that is nothing.
/// </summary>
/// <remarks>
/// An end is told before the command is reaped, so the shell never holds a process id that could be somebody else's. A start is told before and after:
/// a process that was killed in between has left a command whose id nobody knows, and the shell finds it by the mark in its environment.
/// </remarks>
[SuppressMessage("Reliability", "CA1001", Justification = "Lives as long as the process: closing the pipe is what the shell waits for.")]
internal sealed class CallerGuard
{
    /// <summary>The variable that carries a command's mark.</summary>
    public const string MarkVariable = "MANYHANDS_COMMAND";

    // `kill -s KILL -- -N` is a process group; dash knows no other spelling with --. The search is repeated because a child that has not reached exec
    // yet shows its parent's environment.
    private const string Script = """
        exec >/dev/null 2>&1
        running=' ' starting=' '
        while read -r what mark pid; do
          case $what in
            begin) starting="$starting$mark " ;;
            run) running="$running$pid " ;;
            end) running="${running%%" $pid "*} ${running#*" $pid "}" ;;
          esac
          case $what in
            run|none) starting="${starting%%" $mark "*} ${starting#*" $mark "}" ;;
          esac
        done
        for pid in $running; do kill -s KILL -- "-$pid"; done
        tries=0
        while [ -n "${starting## }" ] && [ $tries -lt 20 ]; do
          for mark in $starting; do
            for found in $(grep -lsaF "MANYHANDS_COMMAND=$mark" /proc/[0-9]*/environ); do
              pid=${found#/proc/}; kill -s KILL -- "-${pid%%/*}" || kill -s KILL "${pid%%/*}"
            done
          done
          tries=$((tries + 1)); sleep 0.025
        done
        """;

    private readonly Lock _telling = new();
    private int _starting;
    private readonly HashSet<int> _running = [];
    private readonly string _run = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
    private FileDescriptor? _pipe;
    private LinuxProcess? _shell;
    private long _sequence;

    /// <summary>Says that a command is about to start.</summary>
    /// <returns>The mark that its environment must carry.</returns>
    public string Begin()
    {
        lock (_telling)
        {
            // The dot ends the number: mark 1. is no part of mark 11.
            string mark = $"{_run}-{++_sequence}.";
            _starting++;
            Tell($"begin {mark}\n");
            return mark;
        }
    }

    /// <summary>Says that the command runs, in a process group of its own.</summary>
    public void Started(string mark, int pid)
    {
        lock (_telling)
        {
            _starting--;
            _running.Add(pid);
            Tell($"run {mark} {pid}\n");
        }
    }

    /// <summary>Says that the command could not be started.</summary>
    public void NotStarted(string mark)
    {
        lock (_telling)
        {
            _starting--;
            Tell($"none {mark}\n");
        }
    }

    /// <summary>Says that the command has ended. Call before it is reaped.</summary>
    public void Ended(int pid)
    {
        lock (_telling)
        {
            if (_running.Remove(pid))
                Tell($"end - {pid}\n");
        }
    }

    /// <summary>Ends the shell, if there is nothing for it to watch; the next command gets a new one.</summary>
    public void Rest()
    {
        lock (_telling)
        {
            if (_starting > 0 || _running.Count > 0 || _pipe is null)
                return;
            Dismiss();
        }
    }

    // Killed, and not only left: a foreign process that has been forked off and holds the pipe would keep it waiting for the end, and this process for it.
    private void Dismiss()
    {
        var (pipe, shell) = (_pipe, _shell);
        (_pipe, _shell) = (null, null);
        shell?.Signal(LibC.SignalKill); // before the pipe is closed: afterwards it may have ended, and something else of this process may have reaped it
        pipe?.Dispose();
        _ = shell?.Wait();
    }

    private void Tell(string line)
    {
        if (_pipe is not null && Write(line))
            return;

        // The first command, or somebody has ended the shell: a new one hears of everything that runs.
        Dismiss();
        try
        {
            (_pipe, _shell) = StartShell();
        }
        catch (Win32Exception)
        {
            // No /bin/sh, or no process left: commands run all the same, without this belt. The next one tries again.
            return;
        }

        foreach (int pid in _running)
            _ = Write($"run - {pid}\n");
        if (!line.StartsWith("run", StringComparison.Ordinal))
            _ = Write(line);
    }

    private bool Write(string line)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(line);
        while (LibC.Write(_pipe!, in bytes[0], bytes.Length) < 0)
        {
            if (Marshal.GetLastPInvokeError() != LibC.Interrupted)
                return false;
        }

        return true;
    }

    private static (FileDescriptor Pipe, LinuxProcess Shell) StartShell()
    {
        var (read, write) = FileDescriptor.Pipe();
        using (read)
        {
            // An environment of its own: it must not carry the mark of a command that started us.
            int pid = PosixSpawn.Start(new SpawnRequest
            {
                Program = "/bin/sh",
                Arguments = ["-c", Script],
                Environment = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" },
                WorkingDirectory = "/",
                StandardInput = read,
            });
            return (write, new LinuxProcess(pid));
        }
    }
}
