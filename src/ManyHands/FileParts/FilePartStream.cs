using Microsoft.Win32.SafeHandles;

namespace ManyHands.FileParts;

/// <summary>Reads one part of a file forward. Without a buffer: whoever reads has one.</summary>
internal sealed class FilePartStream(SafeFileHandle file, FilePart part) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => part.Length;

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException("A part of a file is read forward only.");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        buffer = buffer[..(int)Math.Min(buffer.Length, part.Length - _read)];
        return Advance(buffer.Length, RandomAccess.Read(file, buffer, part.Offset + _read));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer = buffer[..(int)Math.Min(buffer.Length, part.Length - _read)];
        return Advance(buffer.Length, await RandomAccess.ReadAsync(file, buffer, part.Offset + _read, cancellationToken).ConfigureAwait(false));
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A part of a file is read forward only.");

    public override void SetLength(long value) => throw new NotSupportedException("A part of a file is only read.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A part of a file is only read.");

    protected override void Dispose(bool disposing)
    {
        file.Dispose();
        base.Dispose(disposing);
    }

    private int Advance(int wanted, int read)
    {
        if (read == 0 && wanted > 0)
        {
            throw new InvalidDataException(
                $"'{part.Path}' has become shorter since it was split: there is nothing at {part.Offset + _read:N0}, where the part goes on to {part.Offset + part.Length:N0}.");
        }

        _read += read;
        return read;
    }
}
