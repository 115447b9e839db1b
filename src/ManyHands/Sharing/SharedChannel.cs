using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ManyHands.Sharing;

namespace ManyHands;

/// <summary>
/// A stream from tasks of any executors to one reader: each message is there the moment it has been written, while the task that wrote it goes on.
/// Bounded: whoever writes faster than the reader reads waits. A writer that dies neither blocks nor spoils it: what it has written is read, what it was
/// writing is dropped.
/// </summary>
/// <remarks>
/// <para>
/// Whoever makes it is its reader. Pass <see cref="Writer"/> as an argument, alone or inside of a tuple or record; call <see cref="Complete"/> when the tasks have
/// ended, and the enumeration ends with the last message. Messages of one process keep their order; those of several come as they come.
/// </para>
/// <para>Up to 64 processes write at once. Linux.</para>
/// </remarks>
/// <typeparam name="T">Any type that a task can take as its argument.</typeparam>
public sealed class SharedChannel<T> : IDisposable
{
    private const int MostUnread = 4096;

    private readonly SharedSegment _segment;
    private readonly ChannelMemory _memory;
    private int _isRead;
    private ChannelReaderThread<T>? _reader;

    /// <summary>Makes a channel.</summary>
    /// <param name="bytesPerWriter">
    /// Encoded messages that may wait from each writing process, and the largest message, in bytes: a power of two from 4 KiB to 1 GiB. Default: 256 KiB. Memory is only
    /// taken for what is used.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">No such size.</exception>
    /// <exception cref="ResourceExhaustedException">The system has no memory or no descriptor for it.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public SharedChannel(int bytesPerWriter = 256 * 1024)
    {
        if (bytesPerWriter is < 4096 or > 1 << 30 || !System.Numerics.BitOperations.IsPow2(bytesPerWriter))
            throw new ArgumentOutOfRangeException(nameof(bytesPerWriter), bytesPerWriter, "A channel has a power of two of bytes per writer, from 4 KiB to 1 GiB.");
        _segment = SharedSegment.Create(ChannelMemory.Size(bytesPerWriter), reserve: false);
        _memory = _segment.Attachment(static segment => new ChannelMemory(segment));
        Writer = new SharedWriter<T>(_segment, isOwner: true);
    }

    /// <summary>What tasks write to.</summary>
    public SharedWriter<T> Writer { get; }

    /// <summary>Says that no more is to come: writing fails from now on, and reading ends behind what is there.</summary>
    public void Complete() => _memory.Complete();

    /// <summary>The messages, as they come. Once: a channel has one reader.</summary>
    /// <param name="cancellationToken">Ends the reading. However it ends, what has not been read is lost, and writing fails from then on.</param>
    /// <returns>Ends behind the last message when the channel is complete.</returns>
    /// <exception cref="InvalidOperationException">It is read already.</exception>
    /// <exception cref="PayloadException">A message cannot be decoded; reading ends with it.</exception>
    /// <exception cref="InvalidDataException">A writer has overwritten the channel's memory; reading ends with it.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isRead, 1) != 0)
            throw new InvalidOperationException("A channel has one reader, and this one is read already.");
        ObjectDisposedException.ThrowIf(_segment.IsReleased, typeof(SharedChannel<T>));
        Channel<T> messages = Channel.CreateBounded<T>(new BoundedChannelOptions(MostUnread) { SingleReader = true, SingleWriter = true });
        var reader = new ChannelReaderThread<T>(_segment, _memory, messages.Writer);
        _reader = reader;
        reader.Start();
        try
        {
            await foreach (T message in messages.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                yield return message;
        }
        finally
        {
            _memory.Complete(); // nobody will read what is written from now on
            reader.Stop();
        }
    }

    /// <summary>Completes it, and lets the memory go. What has not been read is lost.</summary>
    public void Dispose()
    {
        _memory.Complete();
        if (_reader is { } reader)
        {
            reader.Stop();
            reader.Join(); // it must not see the memory go
        }

        _segment.Release();
    }
}
