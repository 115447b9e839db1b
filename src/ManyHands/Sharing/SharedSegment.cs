using System.ComponentModel;
using System.Runtime.CompilerServices;
using ManyHands.Platform;
using ManyHands.Platform.Linux;

namespace ManyHands.Sharing;

/// <summary>
/// One piece of memory that processes share. Whoever made it owns it: the others find it by its <see cref="SegmentAddress"/>, and what they still
/// map when the owner has released it stays until they have done with it. Nothing is left when they have ended, however they end.
/// </summary>
/// <remarks>
/// A head of one cache line holds the segment's id, by which a handle tells that it has found what it names, and whether the owner has released it.
/// The size is sealed. Nothing else that is read here is trusted by the owner.
/// </remarks>
internal sealed unsafe class SharedSegment
{
    private const int HeadSize = 64;

    // What is smaller is had or not: looking would cost more than it.
    private const int SmallEnough = 1 << 20;

    private readonly SharedMemory _memory;
    private readonly Lock _attaching = new();
    private object? _attachment;
    private int _isReleased;

    private SharedSegment(SharedMemory memory, SegmentAddress address, bool isOwner)
    {
        _memory = memory;
        Address = address;
        IsOwner = isOwner;
    }

    ~SharedSegment()
    {
        Release();
        _memory.Dispose();
    }

    /// <summary>Where others find it.</summary>
    public SegmentAddress Address { get; }

    /// <summary>This process made it.</summary>
    public bool IsOwner { get; }

    /// <summary>Bytes of data.</summary>
    public long Length => Address.Length;

    /// <summary>It has been released here.</summary>
    public bool IsReleased => Volatile.Read(ref _isReleased) != 0;

    /// <summary>The data.</summary>
    /// <exception cref="ObjectDisposedException">It has been released here.</exception>
    public byte* Data
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsReleased, typeof(SharedSegment));
            return Addresses;
        }
    }

    /// <summary>Where the data is, or was: no fault while this object is there.</summary>
    public byte* Addresses => _memory.Address + HeadSize;

    /// <summary>Its owner has disposed it. What is mapped stays.</summary>
    public bool IsReleasedByOwner => Volatile.Read(ref ReleasedWord) != 0;

    private ref long Id => ref Unsafe.AsRef<long>(_memory.Address);

    private ref int ReleasedWord => ref Unsafe.AsRef<int>(_memory.Address + sizeof(long));

    /// <summary>Fresh memory, all zero, of this process.</summary>
    /// <param name="length">Bytes of data.</param>
    /// <param name="reserve">See <see cref="SharedMemory.Create"/>.</param>
    /// <param name="ownWrites">See there.</param>
    /// <exception cref="ResourceExhaustedException">There is not that much.</exception>
    /// <exception cref="PlatformNotSupportedException">The system is not Linux.</exception>
    public static SharedSegment Create(long length, bool reserve, bool ownWrites = false)
    {
        if (!CurrentPlatform.IsLinux)
            throw new PlatformNotSupportedException("Memory can only be shared on Linux in this version. Pass the value itself, or use a ThreadExecutor.");
        if (reserve && length > SmallEnough && FreeMemory.Bytes() is var free && length > free)
        {
            throw new ResourceExhaustedException(
                ResourceKind.SharedMemory,
                $"{length:N0} bytes of shared memory were asked for, and the system has {free:N0} available. Share less at a time, or give this process more memory.");
        }

        SharedMemory memory;
        try
        {
            memory = SharedMemory.Create(length + HeadSize, reserve, ownWrites);
        }
        catch (Win32Exception error)
        {
            throw Exhausted(error, length);
        }

        var address = new SegmentAddress(
            Environment.ProcessId, (int)memory.Descriptor.DangerousGetHandle(), length, Random.Shared.NextInt64(1, long.MaxValue), IsReadOnly: false);
        var segment = new SharedSegment(memory, address, isOwner: true);
        segment.Id = address.Id;
        OpenSegments.Add(segment);
        return segment;
    }

    /// <summary>Maps what another process owns. Ask <see cref="OpenSegments"/>, which does so once.</summary>
    /// <exception cref="ObjectDisposedException">It is there no more.</exception>
    /// <exception cref="ResourceExhaustedException">This process has no room for it.</exception>
    public static SharedSegment Map(SegmentAddress address)
    {
        SharedMemory? memory;
        try
        {
            memory = SharedMemory.TryOpen(address.Pid, address.Descriptor, address.Length + HeadSize, address.IsReadOnly);
        }
        catch (Win32Exception error)
        {
            throw Exhausted(error, address.Length);
        }

        if (memory is not null)
        {
            var segment = new SharedSegment(memory, address, isOwner: false);
            if (segment.Id == address.Id)
                return segment;
            segment.Release();
        }

        throw address.Gone();
    }

    /// <summary>What this process keeps beside the memory, made at the first call. One kind for one segment.</summary>
    public T Attachment<T>(Func<SharedSegment, T> make) where T : class
    {
        lock (_attaching)
            return (T)(_attachment ??= make(this));
    }

    /// <summary>
    /// Lets the memory go. What others have mapped stays theirs. The addresses stay taken until nothing here refers to this object: a span that somebody
    /// still has must not become another's memory.
    /// </summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) != 0)
            return;
        if (IsOwner)
        {
            Volatile.Write(ref ReleasedWord, 1);
            OpenSegments.Remove(this);
        }

        _memory.Release();
        GC.KeepAlive(this); // the finalizer must not give the addresses away while they are being replaced
    }

    private static ResourceExhaustedException Exhausted(Win32Exception error, long length)
    {
        const int tooManyOpen = 24, tooManyOpenInAll = 23;
        return error.NativeErrorCode is tooManyOpen or tooManyOpenInAll
            ? new ResourceExhaustedException(
                ResourceKind.FileDescriptors, $"No descriptor is left for shared memory: {error.Message}. Close what is not needed, or raise the limit (ulimit -n).", error)
            : new ResourceExhaustedException(
                ResourceKind.SharedMemory, $"{length:N0} bytes of shared memory cannot be had: {error.Message}. Share less at a time, or give this process more memory.", error);
    }
}
