using System.Diagnostics;
using System.Runtime.CompilerServices;
using ManyHands.Platform.Linux;

namespace ManyHands.Transports;

/// <summary>
/// A stream of bytes through memory that two processes share: one thread writes, one reads. What has been written can be read even after
/// its writer's death. Neither side calls the system while the other is awake.
/// </summary>
/// <remarks>
/// Written, read and the two words to sleep on lie in cache lines of their own. Each side counts its own bytes privately and only publishes
/// the count, so whatever the other process writes there, nothing outside of the ring is ever touched. The words to sleep on are as little to be
/// trusted, so no wait has to be ended by them: see <see cref="RepublishWritten"/>.
/// </remarks>
internal sealed unsafe class ByteRing
{
    /// <summary>Bytes of memory that one ring takes.</summary>
    public const int MemorySize = HeadSize + Capacity;

    /// <summary>Bytes from one word of its head to the next: written, read, and what each side says about itself while it waits.</summary>
    public const int CacheLine = 64;

    private const int Capacity = 256 * 1024;
    private const int HeadSize = 4 * CacheLine;

    // What a side that waits says about itself: look here now and then, or sleep until woken.
    private const int Awake = 0;
    private const int Dozing = 1;
    private const int Asleep = 2;

    private const int DozeMilliseconds = 1;

    // Waiting begins with a few pauses and a yield, again and again for about as long as a wake-up would take: never more than it saves. Pauses
    // alone would keep the other side off the processor; a limit in yields would be without end on a busy machine (bench/rivals, round trip).
    private static readonly long _spinTicks = Stopwatch.Frequency * 40 / 1_000_000;
    private const int PausesPerYield = 16;

    // A yield that took this long gave the processor to somebody else: on a busy machine, where a sleeper that is woken is served sooner than one
    // that yields. Then it is not tried again for a while.
    private static readonly long _longYield = Stopwatch.Frequency * 100 / 1_000_000;
    private const int WaitsWithoutSpin = 1000;

    private readonly byte* _memory;
    private long _ownWritten;
    private long _ownRead;
    private long _writtenAtEnd;
    private volatile bool _ended;
    private int _waitsWithoutSpin;

    public ByteRing(byte* memory)
    {
        _memory = memory;
        _ownWritten = Written;
        _ownRead = Read;
    }

    private ref long Written => ref Unsafe.AsRef<long>(_memory);

    private ref long Read => ref Unsafe.AsRef<long>(_memory + CacheLine);

    private ref int Reader => ref Unsafe.AsRef<int>(_memory + (2 * CacheLine));

    private ref int Writer => ref Unsafe.AsRef<int>(_memory + (3 * CacheLine));

    /// <summary>There is something to read.</summary>
    public bool HasBytes => Arrived != _ownRead;

    /// <summary><see cref="End"/> was called.</summary>
    public bool IsEnded => _ended;

    // What was written when the end came, and no more: somebody whom the writer left behind may go on writing for ever.
    private long Arrived => _ended ? Math.Max(_writtenAtEnd, _ownRead) : Volatile.Read(ref Written);

    // Anything but full: Put knows what cannot be.
    private bool HasRoom => _ownWritten - Volatile.Read(ref Read) != Capacity;

    // ---- Writing.

    /// <summary>Writes as much as fits. The reader finds it when it looks, and is not woken where it only dozes.</summary>
    /// <returns>Bytes written.</returns>
    /// <exception cref="InvalidDataException">The reader says that it has read what it cannot have.</exception>
    public int Put(ReadOnlySpan<byte> bytes)
    {
        long unread = _ownWritten - Volatile.Read(ref Read);
        if (unread is < 0 or > Capacity)
            throw Overwritten();
        bytes = bytes[..(int)Math.Min(bytes.Length, Capacity - unread)];
        int at = (int)(_ownWritten & (Capacity - 1)), first = Math.Min(bytes.Length, Capacity - at);
        bytes[..first].CopyTo(Bytes(at, first));
        bytes[first..].CopyTo(Bytes(0, bytes.Length - first));
        Volatile.Write(ref _ownWritten, _ownWritten + bytes.Length); // behind the bytes, for RepublishWritten
        Interlocked.Exchange(ref Written, _ownWritten); // a full fence: either this side sees that the reader sleeps, or the reader sees the bytes
        if (Volatile.Read(ref Reader) == Asleep)
            WakeReader();
        return bytes.Length;
    }

    /// <summary>Wakes the reader if it sleeps.</summary>
    public void WakeReader()
    {
        if (Volatile.Read(ref Reader) != Awake && Interlocked.Exchange(ref Reader, Awake) != Awake)
            Futex.Wake(ref Reader);
    }

    /// <summary>Waits for room, or for the end, for about that long at most.</summary>
    /// <returns>False where there is no room.</returns>
    public bool WaitForRoom(int milliseconds)
    {
        WakeReader();
        Spin(static ring => ring.HasRoom);
        if (!HasRoom && !_ended)
            Sleep(ref Writer, Asleep, milliseconds, static ring => ring.HasRoom);
        return HasRoom;
    }

    // ---- Reading.

    /// <summary>Reads what is there.</summary>
    /// <returns>Bytes read; 0 where there are none.</returns>
    /// <exception cref="InvalidDataException">The writer says that it has written what it cannot have.</exception>
    public int Take(Span<byte> buffer)
    {
        long available = Arrived - _ownRead;
        if (available == 0)
            return 0;
        if (available is < 0 or > Capacity)
            throw Overwritten();
        buffer = buffer[..(int)Math.Min(buffer.Length, available)];
        int at = (int)(_ownRead & (Capacity - 1)), first = Math.Min(buffer.Length, Capacity - at);
        Bytes(at, first).CopyTo(buffer);
        Bytes(0, buffer.Length - first).CopyTo(buffer[first..]);
        _ownRead += buffer.Length;
        RepublishRead(); // a full fence, as in Put
        return buffer.Length;
    }

    /// <summary>Waits for bytes while awake.</summary>
    /// <returns>False where there are none.</returns>
    public bool SpinForBytes()
    {
        Spin(static ring => ring.HasBytes);
        return HasBytes;
    }

    /// <summary>Sleeps for about a millisecond, whatever comes meanwhile, unless the writer wakes it.</summary>
    /// <returns>False where there are no bytes.</returns>
    public bool DozeForBytes()
    {
        Sleep(ref Reader, Dozing, DozeMilliseconds, static ring => ring.Arrived - ring._ownRead >= Capacity / 2);
        return HasBytes;
    }

    /// <summary>
    /// Waits for bytes, or for the end, for about that long at most. First awake, then dozing, when the writer need not wake it for each little thing,
    /// then asleep.
    /// </summary>
    /// <returns>False where there are no bytes.</returns>
    public bool WaitForBytes(int milliseconds)
    {
        Doze();
        if (!HasBytes && !_ended)
            Sleep(ref Reader, Asleep, milliseconds, static ring => ring.HasBytes);
        return HasBytes;
    }

    /// <summary>This side waits no longer: what is there now can still be read, nothing can be written.</summary>
    public void End()
    {
        if (!_ended)
            _writtenAtEnd = Volatile.Read(ref Written);
        _ended = true;
        Interlocked.Exchange(ref Reader, Awake);
        Futex.Wake(ref Reader);
        Interlocked.Exchange(ref Writer, Awake);
        Futex.Wake(ref Writer);
    }

    /// <summary>
    /// Says again what this side has written and read. Whoever waits does so each second: the words that would tell the other side, or have it wake this
    /// one, may have been overwritten.
    /// </summary>
    public void RepublishWritten()
    {
        long said = Volatile.Read(ref Written), written = Volatile.Read(ref _ownWritten); // in this order: another thread may be writing
        if (said != written)
            Interlocked.CompareExchange(ref Written, written, said);
        WakeReader();
    }

    /// <summary>The same for the side that reads, by the thread that does.</summary>
    public void RepublishRead()
    {
        Interlocked.Exchange(ref Read, _ownRead);
        if (Volatile.Read(ref Writer) != Awake && Interlocked.Exchange(ref Writer, Awake) != Awake)
            Futex.Wake(ref Writer);
    }

    private void Doze()
    {
        Spin(static ring => ring.HasBytes);
        if (!HasBytes && !_ended)
            Sleep(ref Reader, Dozing, DozeMilliseconds, static ring => ring.HasBytes);
    }

    private void Sleep(ref int word, int how, int milliseconds, Func<ByteRing, bool> isDone)
    {
        Interlocked.Exchange(ref word, how);
        if (!isDone(this) && !_ended)
            Futex.Wait(ref word, how, milliseconds);
        Volatile.Write(ref word, Awake);
    }

    private void Spin(Func<ByteRing, bool> isDone)
    {
        if (_waitsWithoutSpin > 0)
        {
            _waitsWithoutSpin--;
            return;
        }

        long now = Stopwatch.GetTimestamp(), until = now + _spinTicks;
        while (now < until && !isDone(this) && !_ended)
        {
            Thread.SpinWait(PausesPerYield);
            Thread.Yield();
            long after = Stopwatch.GetTimestamp();
            if (after - now > _longYield)
                _waitsWithoutSpin = WaitsWithoutSpin;
            now = after;
        }
    }

    private static InvalidDataException Overwritten() => new("its shared memory was overwritten");

    private Span<byte> Bytes(int at, int count) => new(_memory + HeadSize + at, count);
}
