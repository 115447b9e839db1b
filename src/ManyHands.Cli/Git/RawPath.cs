using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ManyHands.Cli.Rendering;

namespace ManyHands.Cli.Git;

/// <summary>
/// Paths with bytes that are no UTF-8. Linux allows them, strings and the framework's files do not. In a path here such a byte is a character of its own,
/// U+DC80 to U+DCFF, which no other name can contain; <see cref="Open(string)"/> gives a path that the framework understands.
/// </summary>
internal static class RawPath
{
    private const char First = '\uDC80';
    private const char Last = '\uDCFF';
    private const char Replacement = '\uFFFD';

    private static readonly ConcurrentDictionary<string, string> _opened = new(StringComparer.Ordinal);

    /// <summary>Whether the path has such a byte.</summary>
    public static bool IsRaw(string path)
    {
        for (int i = 0; i < path.Length; i++)
        {
            if (IsRawByte(path, i))
                return true;
        }

        return false;
    }

    /// <summary>A path of the same file for the framework and for programs that are started. A folder that needs it stays open until the end.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static string Open(string path)
    {
        int last = path.Length - 1;
        while (last >= 0 && !IsRawByte(path, last))
            last--;
        if (last < 0)
            return path;
        int end = path.IndexOf('/', last);
        string folder = end < 0 ? path : path[..end];
        return _opened.GetOrAdd(folder, OpenFolder) + path[folder.Length..];
    }

    /// <summary>The names of the folders in a folder, links to folders among them.</summary>
    public static IEnumerable<string> FolderNames(string folder)
    {
        string opened = Open(folder);
        bool hasRaw = false;
        foreach (string below in Directory.EnumerateDirectories(opened))
        {
            // What the framework cannot read it lists by a name that is not there.
            if (below.Contains(Replacement, StringComparison.Ordinal) && !Directory.Exists(below))
                hasRaw = true;
            else
                yield return Path.GetFileName(below);
        }

        foreach (string name in hasRaw ? RawFolderNames(folder) : [])
            yield return name;
    }

    /// <summary>What a link leads to, or null if the file is none.</summary>
    public static string? LinkTarget(string path) => IsRaw(Path.GetFileName(path)) ? null : new FileInfo(Open(path)).LinkTarget;

    /// <summary>The path for people: such a byte as \xE9.</summary>
    public static string Show(string path) => !IsRaw(path) ? path : string.Concat(path.Select(
        (c, i) => IsRawByte(path, i) ? string.Create(CultureInfo.InvariantCulture, $"\\x{c - First + 0x80:X2}") : c.ToString()));

    /// <summary>The path that a file consists of.</summary>
    public static string ReadLine(string file) => Text(File.ReadAllBytes(file)).TrimEnd('\n');

    /// <summary>The path as a word of a shell.</summary>
    public static string Word(string path) =>
        IsRaw(path) || path.Any(Output.IsUnruly)
            ? $"$'{Output.Escaped(Show(path.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)))}'"
            : ExternalCommand.Create(path).ToString();

    /// <summary>The path as Linux has it.</summary>
    public static byte[] Bytes(string path)
    {
        using var bytes = new MemoryStream();
        int from = 0;
        for (int i = 0; i <= path.Length; i++)
        {
            bool isRaw = i < path.Length && IsRawByte(path, i);
            if (!isRaw && i < path.Length)
                continue;
            bytes.Write(Encoding.UTF8.GetBytes(path[from..i]));
            if (isRaw)
                bytes.WriteByte((byte)(path[i] - First + 0x80));
            from = i + 1;
        }

        return bytes.ToArray();
    }

    /// <summary>The absolute path of one that was given to this program, which came as bytes and lost those that are no UTF-8 on its way.</summary>
    public static string FromCommandLine(string path)
    {
        string current = Environment.CurrentDirectory;
        if (current.Contains(Replacement, StringComparison.Ordinal) && Link("/proc/self/cwd") is { } folder)
            current = folder;
        if (path.Contains(Replacement, StringComparison.Ordinal) && File.Exists("/proc/self/cmdline"))
        {
            byte[] line = File.ReadAllBytes("/proc/self/cmdline");
            foreach (var range in line.AsSpan().Split((byte)0))
            {
                var word = line.AsSpan()[range];
                if (Encoding.UTF8.GetString(word) == path)
                    path = Text(word);
            }
        }

        return Path.GetFullPath(path, current);
    }

    private static bool IsRawByte(string path, int index) =>
        path[index] is >= First and <= Last && (index == 0 || !char.IsHighSurrogate(path[index - 1]));

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        while (!bytes.IsEmpty)
        {
            bool isText = Rune.DecodeFromUtf8(bytes, out var rune, out int length) == System.Buffers.OperationStatus.Done;
            if (isText)
                text.Append(rune);
            for (int i = 0; !isText && i < length; i++)
                text.Append((char)(First + bytes[i] - 0x80));
            bytes = bytes[length..];
        }

        return text.ToString();
    }

    private static string OpenFolder(string folder)
    {
        // O_PATH | O_CLOEXEC: a name for it, no right to read. By this process's number, as a started program has another "self".
        const int nameOnly = 0x200000 | 0x80000;
        int descriptor = OpenDescriptor([.. Bytes(folder), 0], nameOnly);
        return descriptor >= 0
            ? string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{descriptor}")
            : throw new IOException($"'{Show(folder)}': {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private static IEnumerable<string> RawFolderNames(string folder)
    {
        nint stream = OpenFolderStream([.. Bytes(folder), 0]);
        if (stream == 0)
            yield break;
        try
        {
            while (ReadFolder(stream) is not 0 and var entry)
            {
                // struct dirent of 64-bit Linux: inode, offset, length, type at 18 (4: a folder, 0: not told), and the name.
                string name = Text(Terminated(entry + 19));
                if (IsRaw(name) && Marshal.ReadByte(entry, 18) is (0 or 4))
                    yield return name;
            }
        }
        finally
        {
            _ = CloseFolder(stream);
        }
    }

    private static byte[] Terminated(nint text)
    {
        int length = 0;
        while (Marshal.ReadByte(text, length) != 0)
            length++;
        byte[] bytes = new byte[length];
        Marshal.Copy(text, bytes, 0, length);
        return bytes;
    }

    private static string? Link(string path)
    {
        byte[] target = new byte[4096];
        nint length = ReadLink([.. Bytes(path), 0], target, target.Length);
        return length < 0 ? null : Text(target.AsSpan(0, (int)length));
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int OpenDescriptor(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "opendir", SetLastError = true)]
    private static extern nint OpenFolderStream(byte[] path);

    [DllImport("libc", EntryPoint = "readdir", SetLastError = true)]
    private static extern nint ReadFolder(nint stream);

    [DllImport("libc", EntryPoint = "closedir", SetLastError = true)]
    private static extern int CloseFolder(nint stream);

    [DllImport("libc", EntryPoint = "readlink", SetLastError = true)]
    private static extern nint ReadLink(byte[] path, byte[] target, nint size);
}
