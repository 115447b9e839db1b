using System.Text;
using ManyHands.Protocol;

namespace ManyHands.Hosting;

/// <summary>
/// Counts what this process prints by way of <see cref="Console"/>, and tells the parent before each result. Only if the transport has no shared memory: with it the
/// parent looks into the pipe itself.
/// </summary>
internal sealed class PrintedBytes
{
    private long _output;
    private long _errors;

    /// <summary>Counts from now on.</summary>
    public void Begin()
    {
        Console.SetOut(Writer(Console.OpenStandardOutput(), bytes => Interlocked.Add(ref _output, bytes)));
        Console.SetError(Writer(Console.OpenStandardError(), bytes => Interlocked.Add(ref _errors, bytes)));
    }

    /// <summary>Tells how much was printed, if it is more than was told before. By a lane, before it sends a result.</summary>
    /// <param name="lane">Where to.</param>
    /// <param name="told">What this lane has told before.</param>
    public void Tell(LaneOutput lane, ref (long Output, long Errors) told)
    {
        (long Output, long Errors) now = (Interlocked.Read(ref _output), Interlocked.Read(ref _errors));
        if (now == told)
            return;
        told = now;
        lane.SendAhead(new FrameHeader(FrameKind.Printed, Task: now.Errors, Number: now.Output));
    }

    private static StreamWriter Writer(Stream stream, Action<int> written) =>
        new(new CountingStream(stream, written), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 256) { AutoFlush = true };

    private sealed class CountingStream(Stream stream, Action<int> written) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            stream.Write(buffer);
            written(buffer.Length);
        }

        public override void Flush() => stream.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
