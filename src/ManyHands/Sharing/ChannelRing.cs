using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ManyHands.Platform.Linux;

namespace ManyHands.Sharing;

/// <summary>The ring of one writing process. A message is its length (32 bits) and its bytes; it is there when <c>written</c> has moved behind it.</summary>
internal sealed unsafe class ChannelRing(ChannelMemory memory, int index)
{
    /// <summary>Bytes before the messages: written, read, and the word the writer sleeps on, each in a cache line of its own.</summary>
    public const int HeadSize = 3 * CacheLine;

    /// <summary>Where the writer's word is.</summary>
    public const int WriterSleepsAt = 2 * CacheLine;

    /// <summary>Encoders keep no larger buffers.</summary>
    public const int KeptBuffer = 64 * 1024;

    private const int IsWritingAt = WriterSleepsAt + sizeof(int);

    private const int CacheLine = 64;
    private const int WaitMilliseconds = 50;

    private readonly Lock _writing = new();
    private readonly byte* _ring = memory.Ring(index);
    private long _written = Volatile.Read(ref Unsafe.AsRef<long>(memory.Ring(index)));

    private ref long Written => ref Unsafe.AsRef<long>(_ring);

    private ref long Read => ref Unsafe.AsRef<long>(_ring + CacheLine);

    // Says that a message is being written, from before the writer asks whether it still may until the message can be seen.
    private ref int IsWriting => ref Unsafe.AsRef<int>(_ring + IsWritingAt);

    private ref int WriterSleeps => ref Unsafe.AsRef<int>(_ring + WriterSleepsAt);

    /// <summary>Writes a message; see <see cref="SharedWriter{T}.Write"/>.</summary>
    public void Write(ReadOnlySpan<byte> message, CancellationToken cancellation)
    {
        int size = sizeof(int) + message.Length;
        if (size > memory.Capacity)
        {
            throw new PayloadTooLargeException(
                $"The message has {message.Length:N0} bytes, and the channel has room for {memory.Capacity - sizeof(int):N0}. Make the channel with more bytesPerWriter.",
                memory.Capacity - sizeof(int),
                message.Length);
        }

        while (!TryWrite(message, size))
        {
            cancellation.ThrowIfCancellationRequested();
            Interlocked.Exchange(ref WriterSleeps, 1); // a full fence: either this side sees the room, or the reader sees that it sleeps
            if (!HasRoom(size) && !memory.IsComplete)
                Futex.Wait(ref WriterSleeps, 1, WaitMilliseconds);
        }
    }

    private bool TryWrite(ReadOnlySpan<byte> message, int size)
    {
        lock (_writing)
        {
            Interlocked.Exchange(ref IsWriting, 1);
            try
            {
                if (memory.IsComplete)
                    throw new ChannelClosedException("The channel is complete, or its reader has gone: nobody takes messages any more.");
                if (!HasRoom(size))
                    return false;
                Span<byte> length = stackalloc byte[sizeof(int)];
                BinaryPrimitives.WriteInt32LittleEndian(length, message.Length);
                Put(length, _written);
                Put(message, _written + sizeof(int));
                _written += size;
                Interlocked.Exchange(ref Written, _written);
            }
            finally
            {
                Volatile.Write(ref IsWriting, 0);
            }
        }

        memory.WakeReader();
        return true;
    }

    private bool HasRoom(int size) => memory.Capacity - (Volatile.Read(ref _written) - Volatile.Read(ref Read)) >= size;

    private void Put(ReadOnlySpan<byte> bytes, long position)
    {
        int at = (int)(position & (memory.Capacity - 1)), first = Math.Min(bytes.Length, memory.Capacity - at);
        bytes[..first].CopyTo(new Span<byte>(_ring + HeadSize + at, first));
        bytes[first..].CopyTo(new Span<byte>(_ring + HeadSize, bytes.Length - first));
    }

    /// <summary>The reader's side of a ring. It keeps its own count and checks every number that it finds, for any process may have written there.</summary>
    public struct Reader
    {
        private readonly byte* _ring;
        private readonly int _capacity;
        private long _read;
        private long? _end;

        public Reader(ChannelMemory memory, int index)
        {
            _ring = memory.Ring(index);
            _capacity = memory.Capacity;
        }

        public readonly bool HasMessages => Written != _read;

        private readonly long Written => _end ?? Volatile.Read(ref Unsafe.AsRef<long>(_ring));

        public readonly bool IsBeingWritten => Volatile.Read(ref Unsafe.AsRef<int>(_ring + IsWritingAt)) != 0;

        /// <summary>Takes the next message.</summary>
        /// <param name="buffer">Gets it; replaced where it is too small.</param>
        /// <param name="length">Its bytes.</param>
        /// <returns>False where there is none.</returns>
        /// <exception cref="InvalidDataException">Somebody has written what no writer writes.</exception>
        public bool TryTake(ref byte[] buffer, out int length)
        {
            length = 0;
            long available = Written - _read;
            if (available == 0)
                return false;
            Span<byte> head = stackalloc byte[sizeof(int)];
            if (available >= sizeof(int) && available <= _capacity)
            {
                Get(head, _read);
                length = BinaryPrimitives.ReadInt32LittleEndian(head);
            }

            if (available < sizeof(int) || available > _capacity || length < 0 || length > available - sizeof(int))
                throw new InvalidDataException("A writer has overwritten the channel's memory, so what is there cannot be read.");
            if (buffer.Length < length)
                buffer = new byte[Math.Max(length, 2 * buffer.Length)];
            Get(buffer.AsSpan(0, length), _read + sizeof(int));
            _read += sizeof(int) + length;
            return true;
        }

        /// <summary>Lets the writer have the room of what was taken.</summary>
        public readonly void GiveRoom()
        {
            Interlocked.Exchange(ref Unsafe.AsRef<long>(_ring + CacheLine), _read);
            ref int sleeps = ref Unsafe.AsRef<int>(_ring + WriterSleepsAt);
            if (Volatile.Read(ref sleeps) != 0 && Interlocked.Exchange(ref sleeps, 0) != 0)
                Futex.Wake(ref sleeps, int.MaxValue);
        }

        /// <summary>Nothing counts that is written from now on.</summary>
        public void End() => _end = Written;

        /// <summary>Makes the ring as it was in the beginning. Its writer is dead.</summary>
        public void Reset()
        {
            _read = 0;
            _end = _end is null ? null : 0;
            new Span<byte>(_ring, HeadSize).Clear();
        }

        private readonly void Get(Span<byte> bytes, long position)
        {
            int at = (int)(position & (_capacity - 1)), first = Math.Min(bytes.Length, _capacity - at);
            new Span<byte>(_ring + HeadSize + at, first).CopyTo(bytes);
            new Span<byte>(_ring + HeadSize, bytes.Length - first).CopyTo(bytes[first..]);
        }
    }
}
