using System.Diagnostics;
using System.Threading.Channels;
using ManyHands.Payloads;
using ManyHands.Platform.Linux;

namespace ManyHands.Sharing;

/// <summary>Takes messages from the rings of a channel, in turn, and hands them to whoever enumerates. A thread, since it waits for other processes.</summary>
internal sealed class ChannelReaderThread<T>
{
    // About as long as a wake-up would take; see ByteRing.
    private static readonly long _spinTicks = Stopwatch.Frequency * 40 / 1_000_000;
    private const int PausesPerYield = 16;
    private const int SleepMilliseconds = 500;

    // Whoever was writing when the channel was completed has shown it by then, or takes too long: a copy of a message is all that is left to do.
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(5);

    // A ring's turn: then the others have theirs, and its writer gets its room back.
    private const int MostPerTurn = 256;

    private readonly SharedSegment _segment; // keeps the addresses
    private readonly ChannelMemory _memory;
    private readonly ChannelWriter<T> _output;
    private readonly ChannelRing.Reader[] _rings = new ChannelRing.Reader[ChannelMemory.Rings];
    private byte[] _buffer = new byte[256];
    private Thread? _thread;
    private long _lookedAt;
    private long? _completeSince;
    private volatile bool _stops;

    public ChannelReaderThread(SharedSegment segment, ChannelMemory memory, ChannelWriter<T> output)
    {
        _segment = segment;
        _memory = memory;
        _output = output;
        for (int i = 0; i < _rings.Length; i++)
            _rings[i] = new ChannelRing.Reader(memory, i);
    }

    public void Start()
    {
        _thread = LibraryThread.Start("ManyHands channel", Run, Fail);
    }

    /// <summary>Waits until it has ended, after <see cref="Stop"/>.</summary>
    public void Join()
    {
        if (Thread.CurrentThread != _thread)
            _thread?.Join();
    }

    /// <summary>Nobody wants any more.</summary>
    public void Stop()
    {
        _stops = true;
        _output.TryComplete();
        if (!_segment.IsReleased)
            _memory.WakeReader();
    }

    private void Run()
    {
        try
        {
            bool isLast = false;
            while (!_stops)
            {
                // Asked before: what was written before that is found. And no more than that: whoever writes on does so for nobody.
                if (!isLast && _memory.IsComplete && !IsAnybodyWriting())
                {
                    isLast = true;
                    EndRings();
                }

                if (!ReadAll() && isLast)
                    break;
                FreeRingsOfTheDead();
                if (!HasMessages())
                    Wait();
            }
        }
        catch (ChannelClosedException)
        {
            // Nobody wants any more.
        }
        catch (Exception error) when (error is PayloadException or InvalidDataException or OutOfMemoryException)
        {
            Fail(error);
        }

        _output.TryComplete();
        GC.KeepAlive(_segment);
    }

    // Nobody reads any more, and nobody is to wait for that.
    private void Fail(Exception error)
    {
        _memory.Complete();
        _output.TryComplete(error);
    }

    /// <returns>False where there was nothing.</returns>
    private bool ReadAll()
    {
        bool any = false;
        for (int i = 0; i < _rings.Length; i++)
        {
            if (_memory.Owner(i) == 0 || !_rings[i].HasMessages)
                continue;
            any = true;
            for (int taken = 0; taken < MostPerTurn && _rings[i].TryTake(ref _buffer, out int length); taken++)
                HandOn(PayloadCodec.Decode<T>(PayloadCodec.Default, _buffer.AsSpan(0, length), PayloadSide.ParentResult), i);
            _rings[i].GiveRoom();
        }

        return any;
    }

    private void HandOn(T message, int ring)
    {
        if (_output.TryWrite(message))
            return;
        _rings[ring].GiveRoom();
        _output.WriteAsync(message).AsTask().GetAwaiter().GetResult(); // the reader is behind, so the writers are to wait too
    }

    // They asked whether the channel was complete before it was, and have not yet shown what they write.
    private bool IsAnybodyWriting()
    {
        Interlocked.MemoryBarrier(); // whoever begins from here on sees that it is complete
        _completeSince ??= Stopwatch.GetTimestamp();
        if (Stopwatch.GetElapsedTime(_completeSince.Value) > _lastWords)
            return false;
        for (int i = 0; i < _rings.Length; i++)
        {
            if (_memory.Owner(i) is not 0 and var owner && _rings[i].IsBeingWritten && !ProcessFiles.IsDead(owner))
                return true;
        }

        return false;
    }

    private void EndRings()
    {
        for (int i = 0; i < _rings.Length; i++)
            _rings[i].End();
    }

    private bool HasMessages()
    {
        for (int i = 0; i < _rings.Length; i++)
        {
            if (_memory.Owner(i) != 0 && _rings[i].HasMessages)
                return true;
        }

        return false;
    }

    private void Wait()
    {
        for (long until = Stopwatch.GetTimestamp() + _spinTicks; Stopwatch.GetTimestamp() < until;)
        {
            Thread.SpinWait(PausesPerYield);
            Thread.Yield();
            if (HasMessages())
                return;
        }

        ref int sleeps = ref _memory.ReaderSleeps;
        Interlocked.Exchange(ref sleeps, 1); // a full fence: either this side sees the message, or the writer sees that it sleeps
        if (!HasMessages() && !_memory.IsComplete && !_stops)
            Futex.Wait(ref sleeps, 1, SleepMilliseconds);

        Volatile.Write(ref sleeps, 0);
    }

    private void FreeRingsOfTheDead()
    {
        if (Stopwatch.GetElapsedTime(_lookedAt).TotalMilliseconds < SleepMilliseconds)
            return;
        _lookedAt = Stopwatch.GetTimestamp();
        for (int i = 0; i < _rings.Length; i++)
        {
            ref int owner = ref _memory.Owner(i);
            int dead = Volatile.Read(ref owner);
            if (dead <= 0 || !ProcessFiles.IsDead(dead) || _rings[i].HasMessages)
                continue;
            if (Interlocked.CompareExchange(ref owner, ChannelMemory.Taken, dead) != dead)
                continue; // another goes on with it
            _rings[i].Reset();
            Volatile.Write(ref owner, 0);
        }
    }
}
