using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Serialization;
using ManyHands.FileParts;
using Microsoft.Win32.SafeHandles;

namespace ManyHands;

/// <summary>
/// A range of bytes of a file: what a task is given instead of contents. Whoever runs the task reads its own part, so nothing is copied and nobody holds the
/// whole file.
/// </summary>
/// <param name="Path">The file; workers find it at the same place.</param>
/// <param name="Offset">First byte, from 0.</param>
/// <param name="Length">Number of bytes.</param>
[method: JsonConstructor]
public sealed record FilePart(string Path, long Offset, long Length)
{
    private static readonly UTF8Encoding _utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>First byte, from 0.</summary>
    public long Offset { get; init; } = NotNegative(Offset, nameof(Offset));

    /// <summary>Number of bytes.</summary>
    public long Length { get; init; } = NotNegative(Length, nameof(Length));

    /// <summary>Splits a text file behind line ends: every line is in exactly one part, whole.</summary>
    /// <param name="path">A file in UTF-8 or any other encoding in which a byte 10 is always a line end. UTF-16 and UTF-32 are refused, where a byte order mark tells.</param>
    /// <param name="partLength">
    /// Bytes that a part should have; it ends behind the next line end. Default: an eighth of what each core would get, from 64 KiB to 64 MiB.
    /// </param>
    /// <returns>The parts, in order, found while they are enumerated. None where the file is empty.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">Its encoding cannot be split.</exception>
    public static IEnumerable<FilePart> OfLines(string path, long? partLength = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckPartLength(partLength);
        return Lines(System.IO.Path.GetFullPath(path), partLength);
    }

    /// <summary>Splits a file of records of one length: every record is in exactly one part, whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="recordLength">Bytes of a record.</param>
    /// <param name="partLength">Bytes that a part should have; as many whole records as fit, one at least. Default: as for <see cref="OfLines"/>.</param>
    /// <returns>The parts, in order.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file ends inside of a record.</exception>
    public static IEnumerable<FilePart> OfRecords(string path, int recordLength, long? partLength = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(recordLength, 1);
        CheckPartLength(partLength);
        return Records(System.IO.Path.GetFullPath(path), recordLength, partLength);
    }

    /// <summary>The files below a folder, each as one part.</summary>
    /// <param name="folder">The folder. Symbolic links, and what may not be read, are left out.</param>
    /// <param name="pattern">Names of files, with * and ?. Default: all.</param>
    /// <returns>The files, found while they are enumerated, in no particular order.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static IEnumerable<FilePart> OfFolder(string folder, string pattern = "*")
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, MatchCasing = MatchCasing.CaseSensitive };
        return new DirectoryInfo(folder).EnumerateFiles(pattern, options).Select(file => new FilePart(file.FullName, 0, file.Length));
    }

    /// <summary>The bytes of the part, to be read forward, without the rest of the file.</summary>
    /// <returns>Dispose it when done.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Stream Open() => new FilePartStream(OpenFile(Path, FileOptions.SequentialScan), this);

    /// <summary>The lines of a part made by <see cref="OfLines"/>, in UTF-8, without their ends; read while they are enumerated.</summary>
    /// <returns>The lines, in order.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file has become shorter since it was split.</exception>
    public IEnumerable<string> ReadLines()
    {
        using var reader = new StreamReader(Open(), _utf8, detectEncodingFromByteOrderMarks: Offset == 0); // elsewhere such a mark is a character
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    /// <summary>The records of a part made by <see cref="OfRecords"/>, all at once.</summary>
    /// <typeparam name="T">The record, as it lies in the file.</typeparam>
    /// <returns>The records, in order.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The part is not a whole number of such records, or the file has become shorter since it was split.</exception>
    public T[] ReadRecords<T>() where T : unmanaged
    {
        if (Length % Unsafe.SizeOf<T>() != 0)
            throw new InvalidDataException($"{this} is not a whole number of records of {Unsafe.SizeOf<T>()} bytes. Split it with OfRecords and that length.");
        var records = new T[Length / Unsafe.SizeOf<T>()];
        using Stream stream = Open();
        stream.ReadExactly(MemoryMarshal.AsBytes(records.AsSpan()));
        return records;
    }

    private static IEnumerable<FilePart> Lines(string path, long? partLength)
    {
        using SafeFileHandle file = OpenFile(path);
        long length = RandomAccess.GetLength(file);
        LineEnds.RefuseWideEncodings(file, path);
        long size = partLength ?? PartLength(length);
        for (long start = 0; start < length;)
        {
            long end = length - start <= size ? length : LineEnds.Behind(file, start + size, length);
            yield return new FilePart(path, start, end - start);
            start = end;
        }
    }

    private static IEnumerable<FilePart> Records(string path, int recordLength, long? partLength)
    {
        long length = new FileInfo(path).Length;
        if (length % recordLength != 0)
            throw new InvalidDataException($"'{path}' has {length:N0} bytes, which is not a whole number of records of {recordLength:N0} bytes.");
        long size = Math.Max(1, (partLength ?? PartLength(length)) / recordLength) * recordLength;
        for (long start = 0; start < length; start += size)
            yield return new FilePart(path, start, Math.Min(size, length - start));
    }

    private static SafeFileHandle OpenFile(string path, FileOptions options = FileOptions.None) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, options);

    private static long NotNegative(long value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value, name);
        return value;
    }

    private static void CheckPartLength(long? partLength)
    {
        if (partLength is { } length)
            ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(partLength));
    }

    // Several for each core, so that none waits long for the last one; small enough to be held in memory, large enough to be worth a task.
    private static long PartLength(long length) => Math.Clamp(length / (8L * Environment.ProcessorCount), 64 * 1024, 64 * 1024 * 1024);
}
