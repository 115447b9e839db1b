using System.Runtime.InteropServices;

namespace ManyHands.Cli.Rendering;

/// <summary>
/// A file that is written whole or not at all where that is possible: next to the old one first, which stays as it is if that fails. A device or a pipe is written to directly, and so is a file
/// beside which there can be none, or which cannot be replaced because something is mounted there.
/// </summary>
internal sealed class ReportFile
{
    private readonly string _path;
    private readonly bool _isOrdinary;

    private ReportFile(string path, bool isOrdinary) => (_path, _isOrdinary, LeavesOld) = (path, isOrdinary, isOrdinary);

    /// <summary>Where it could not be written, what was there before is there still.</summary>
    public bool LeavesOld { get; private set; }

    /// <summary>Finds out whether the file can be written, before the work that it will tell of. Leaves no trace.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static ReportFile At(string path)
    {
        string full = Path.GetFullPath(path);
        if (!IsOrdinary(full))
            return new ReportFile(full, isOrdinary: false);

        // What a link leads to gets the new text, and the link stays.
        string real = new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        if (Directory.Exists(real))
            throw new IOException("It is a folder.");
        if (File.Exists(real))
            File.Open(real, FileMode.Open, FileAccess.Write, FileShare.ReadWrite).Dispose();
        try
        {
            Try(Beside(real));
            return new ReportFile(real, isOrdinary: true);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            if (!File.Exists(real))
                Try(real);
            return new ReportFile(real, isOrdinary: false);
        }

        static void Try(string file)
        {
            File.Create(file).Dispose();
            File.Delete(file);
        }
    }

    /// <exception cref="IOException">It could not be written; see <see cref="LeavesOld"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; see <see cref="LeavesOld"/>.</exception>
    public async Task WriteAsync(string text)
    {
        if (!_isOrdinary)
        {
            await File.WriteAllTextAsync(_path, text).ConfigureAwait(false);
            return;
        }

        string beside = Beside(_path);
        try
        {
            await File.WriteAllTextAsync(beside, text).ConfigureAwait(false);
            if (File.Exists(_path))
                KeepMode(_path, beside);
            try
            {
                File.Move(beside, _path, overwrite: true);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException && File.Exists(_path))
            {
                LeavesOld = false;
                File.Copy(beside, _path, overwrite: true); // into the file that is there
            }
        }
        finally
        {
            File.Delete(beside);
        }
    }

    // In the same folder: a file moves in one step only within one file system.
    private static string Beside(string path) => Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Environment.ProcessId}.new");

    private static void KeepMode(string from, string to)
    {
#pragma warning disable CA1416 // Where files have no mode, reading it says so.
        try
        {
            File.SetUnixFileMode(to, File.GetUnixFileMode(from));
        }
        catch (PlatformNotSupportedException)
        {
        }
#pragma warning restore CA1416
    }

    /// <summary>Whether the path is that of an ordinary file, or of nothing yet.</summary>
    private static bool IsOrdinary(string path)
    {
        const int currentFolder = -100, fileType = 0xF000, device = 0x2000, blockDevice = 0x6000, pipe = 0x1000, socket = 0xC000, modeAt = 28;
        if (!OutputDescriptor.IsAvailable)
            return true;

        // /dev/stdout may lead to an ordinary file that is open already, and must not get another one in its place.
        if (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal))
            return false;
        byte[] status = new byte[256]; // struct statx
        return Status(currentFolder, path, 0, 1, ref status[0]) != 0
            || (BitConverter.ToUInt16(status, modeAt) & fileType) is not (device or blockDevice or pipe or socket);
    }

    [DllImport("libc", EntryPoint = "statx", CharSet = CharSet.Ansi, BestFitMapping = false)]
    private static extern int Status(int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, ref byte status);
}
