using System.Globalization;

namespace ManyHands.Processes.Tests.Faults;

/// <summary>
/// A control group with a limit on memory, in the second or the first version of the interface: what a container is to the system. The kernel
/// kills one of its processes when together they have taken more.
/// </summary>
internal sealed class MemoryGroup : IDisposable
{
    private readonly string _folder;

    private MemoryGroup(string folder) => _folder = folder;

    /// <summary>Processes that the kernel has killed in it for want of memory.</summary>
    public int Kills
    {
        get
        {
            string file = Path.Combine(_folder, IsFirstVersion ? "memory.oom_control" : "memory.events");
            return int.Parse(File.ReadLines(file).Single(line => line.StartsWith("oom_kill ", StringComparison.Ordinal)).Split(' ')[1], CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The start of a command line whose program, and all that it starts, are in the group.</summary>
    public string[] Enter => ["sh", "-c", $"echo 0 > '{_folder}/cgroup.procs' && exec \"$@\"", "sh"];

    private bool IsFirstVersion => File.Exists(Path.Combine(_folder, "memory.limit_in_bytes"));

    /// <summary>Makes one, or says why this machine does not let us.</summary>
    public static MemoryGroup? TryCreate(long bytes, out string reason)
    {
        var reasons = new List<string>();
        foreach (string parent in Parents())
        {
            var group = new MemoryGroup(Path.Combine(parent, $"manyhands-test-{Guid.NewGuid():N}"));
            try
            {
                Directory.CreateDirectory(group._folder);
                group.Limit(bytes);
                reason = "";
                return group;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                reasons.Add($"{parent}: {error.Message}");
                group.Dispose();
            }
        }

        reason = $"No control group with a limit on memory can be made here. {string.Join(' ', reasons)}";
        return null;
    }

    public void Dispose()
    {
        // Processes leave it a moment after they have been waited for.
        for (int i = 0; i < 100 && Directory.Exists(_folder); i++)
        {
            try
            {
                Directory.Delete(_folder);
            }
            catch (IOException)
            {
                Thread.Yield();
                Task.Delay(10).Wait();
            }
        }
    }

    private void Limit(long bytes)
    {
        if (IsFirstVersion)
        {
            Write("memory.limit_in_bytes", bytes);
        }
        else
        {
            Write("memory.max", bytes); // not there where the parent does not hand memory down
            if (File.Exists(Path.Combine(_folder, "memory.swap.max")))
                Write("memory.swap.max", 0);
        }
    }

    // Opened, not made: a file that the kernel has not put there is none.
    private void Write(string file, long value)
    {
        using var stream = new FileStream(Path.Combine(_folder, file), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(System.Text.Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>Where a group may be made: below our own, and below the root. From mountinfo: … point … - type source options.</summary>
    private static IEnumerable<string> Parents()
    {
        string[][] own = [.. File.ReadLines("/proc/self/cgroup").Select(line => line.Split(':', 3))];
        foreach (string[] words in File.ReadLines("/proc/self/mountinfo").Select(line => line.Split(' ')))
        {
            int dash = Array.IndexOf(words, "-");
            bool second = words[dash + 1] == "cgroup2";
            bool first = words[dash + 1] == "cgroup" && words[dash + 3].Split(',').Contains("memory");
            if (!first && !second)
                continue;
            string path = own.FirstOrDefault(group => second ? group[0] == "0" : group[1].Split(',').Contains("memory"))?[2] ?? "/";
            yield return words[4] + path;
            yield return words[4];
        }
    }
}

/// <summary>A test that needs a <see cref="MemoryGroup"/>, and is skipped where none can be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MemoryGroupFactAttribute : FactAttribute
{
    private const long Any = 1L << 30;

    private static readonly Lazy<string> _reason = new(() =>
    {
        using var group = MemoryGroup.TryCreate(Any, out string reason);
        return reason;
    });

    public MemoryGroupFactAttribute()
    {
        if (_reason.Value.Length > 0)
            Skip = _reason.Value;
    }
}
