using System.Diagnostics;
using System.Runtime.CompilerServices;
using ManyHands.Platform.Linux;

namespace ManyHands.Sharing;

/// <summary>
/// A lock word in shared memory: 0 when free, else the process id of the owner, and one bit that says that somebody sleeps until it is free. Threads of one process
/// take turns before they come here.
/// </summary>
/// <remarks>
/// Whoever waits wakes up now and then to see whether the owner is still alive; the kernel's own list of locks of the dead belongs to the C library, and would have
/// the living follow pointers that a hostile worker wrote. The owner's time of birth stands beside the word, so that another process with the same id is not taken
/// for it.
/// </remarks>
internal sealed unsafe class LockWord(SharedSegment segment)
{
    /// <summary>Bytes of the segment.</summary>
    public const int Size = 24;

    private const int SomebodySleeps = 1 << 30;
    private const int LookEveryMilliseconds = 50;

    private static long _ownBirth; // 0 while it is not known

    private readonly SemaphoreSlim _turn = new(1, 1);

    private ref int Word => ref Unsafe.AsRef<int>(segment.Data);

    private ref long OwnerBirth => ref Unsafe.AsRef<long>(segment.Data + 8);

    private ref int OwnerOfBirth => ref Unsafe.AsRef<int>(segment.Data + 16);

    /// <summary>Takes the lock.</summary>
    /// <returns>Whether its last owner died with it; null where the time was over first.</returns>
    public bool? Enter(TimeSpan timeout, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        if (!_turn.Wait(timeout, cancellation))
            return null;
        try
        {
            if (TakeFromOthers(start, timeout, cancellation) is { } ownerDied)
            {
                OwnerBirth = OwnBirth();
                Volatile.Write(ref OwnerOfBirth, Environment.ProcessId);
                return ownerDied;
            }
        }
        catch
        {
            _turn.Release();
            throw;
        }

        _turn.Release();
        return null;
    }

    /// <summary>Releases it.</summary>
    public void Exit()
    {
        ref int word = ref Unsafe.AsRef<int>(segment.Addresses); // even where it has been disposed meanwhile
        if ((Interlocked.Exchange(ref word, 0) & SomebodySleeps) != 0)
            Futex.Wake(ref word);
        _turn.Release();
    }

    private bool? TakeFromOthers(long start, TimeSpan timeout, CancellationToken cancellation)
    {
        int own = Environment.ProcessId;
        if (Interlocked.CompareExchange(ref Word, own, 0) == 0)
            return false;

        // From here on this side cannot know whether others sleep, so it says they do.
        own |= SomebodySleeps;
        int slept = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(segment.IsReleasedByOwner, typeof(SharedLock));
            int seen = Volatile.Read(ref Word);
            if (seen == 0)
            {
                if (Interlocked.CompareExchange(ref Word, own, 0) == 0)
                    return false;
                continue;
            }

            if ((seen == slept || timeout == TimeSpan.Zero) && IsDead(seen & ~SomebodySleeps))
            {
                if (Interlocked.CompareExchange(ref Word, own, seen) == seen)
                    return true;
                continue;
            }

            int left = timeout == Timeout.InfiniteTimeSpan
                ? LookEveryMilliseconds
                : (int)Math.Clamp((timeout - Stopwatch.GetElapsedTime(start)).TotalMilliseconds, 0, LookEveryMilliseconds);
            if (left == 0)
                return null;
            int asleep = seen | SomebodySleeps;
            if (seen == asleep || Interlocked.CompareExchange(ref Word, asleep, seen) == seen)
            {
                Futex.Wait(ref Word, asleep, left);
                slept = asleep;
            }
        }
    }

    private bool IsDead(int owner)
    {
        if (ProcessFiles.IsDead(owner))
            return true;
        return Volatile.Read(ref OwnerOfBirth) == owner && OwnerBirth is not 0 and var known && ProcessFiles.Birth(owner) is { } birth && birth != known;
    }

    private static long OwnBirth()
    {
        if (_ownBirth == 0)
            _ownBirth = ProcessFiles.Birth(Environment.ProcessId) ?? 0;
        return _ownBirth;
    }
}
