using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ManyHands.Platform.Linux;

/// <summary>Unnamed memory that several processes map: no name, so no permission to get wrong and nothing left behind.</summary>
internal sealed unsafe class SharedMemory : IDisposable
{
    private const string Name = "manyhands";
    private const uint CloseOnExecAllowSealing = 0x1 | 0x2;
    private const int AddSeals = 1033;
    private const int GetSeals = 1034;
    private const int SealShrinkGrowSeal = 0x2 | 0x4 | 0x1;
    private const int SealFutureWrite = 0x10; // Linux 5.1
    private const int ReadOnly = 0x1;
    private const int ReadWrite = 0x1 | 0x2;
    private const int Shared = 0x1;
    private const int PrivateFixedAnonymousUnreserved = 0x2 | 0x10 | 0x20 | 0x4000;
    private const int OpenReadWrite = 0x2;
    private const int OpenNonBlocking = 0x800;
    private const int SeekEnd = 2;

    private readonly nint _address;
    private readonly long _length;
    private int _isUnmapped;

    private SharedMemory(FileDescriptor descriptor, long length, int protection = ReadWrite)
    {
        Descriptor = descriptor;
        _length = length;
        _address = LibC.Map(0, (nuint)length, protection, Shared, (int)descriptor.DangerousGetHandle(), 0);
        if (_address != -1)
            return;
        using (descriptor)
            throw FileDescriptor.Error("mmap");
    }

    public FileDescriptor Descriptor { get; }

    public byte* Address => (byte*)_address;

    /// <summary>Fresh memory, all zero. Its size is sealed: nobody who maps it can make it smaller and so crash another.</summary>
    /// <param name="length">In bytes.</param>
    /// <param name="reserve">Takes the memory now. Else it is taken when it is touched, and where there is none then, whoever touches it is killed.</param>
    /// <param name="ownWrites">Only this mapping can ever be written to, as far as the system knows how to (Linux 5.1).</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused.</exception>
    public static SharedMemory Create(long length, bool reserve = false, bool ownWrites = false)
    {
        int number;
        fixed (byte* text = Encoding.UTF8.GetBytes(Name + '\0'))
            number = LibC.MemoryFile(text, CloseOnExecAllowSealing);
        if (number < 0)
            throw FileDescriptor.Error("memfd_create");
        var descriptor = new FileDescriptor(number);
        if (LibC.Truncate(descriptor, length) < 0)
        {
            using (descriptor)
                throw FileDescriptor.Error("ftruncate");
        }

        while (reserve && LibC.Allocate(descriptor, 0, 0, length) < 0)
        {
            if (Marshal.GetLastPInvokeError() == LibC.Interrupted)
                continue;
            using (descriptor)
                throw FileDescriptor.Error("fallocate");
        }

        var memory = new SharedMemory(descriptor, length); // before it is sealed: what is mapped by then stays writable
        bool isSealed = ownWrites && LibC.Fcntl(number, AddSeals, SealShrinkGrowSeal | SealFutureWrite) >= 0;
        if (isSealed || LibC.Fcntl(number, AddSeals, SealShrinkGrowSeal) >= 0)
            return memory;
        using (memory)
            throw FileDescriptor.Error("fcntl");
    }

    /// <summary>Maps memory that another process made and handed on.</summary>
    public static SharedMemory Open(FileDescriptor descriptor, long length) => new(descriptor, length);

    /// <summary>Maps memory that a process of the same user has open; the descriptor is not kept.</summary>
    /// <param name="pid">The process.</param>
    /// <param name="number">Its descriptor.</param>
    /// <param name="length">What the memory must have.</param>
    /// <param name="readOnly">Whoever writes to the mapping faults.</param>
    /// <returns>Null where there is no such memory (any more).</returns>
    /// <exception cref="System.ComponentModel.Win32Exception">The system has no room for the mapping.</exception>
    public static SharedMemory? TryOpen(int pid, int number, long length, bool readOnly)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd/{number}");
        if (!IsMemory(path))
            return null; // never open what might be a pipe or a device: that can block, and do harm
        int opened;
        fixed (byte* text = Encoding.UTF8.GetBytes(path + '\0'))
            opened = LibC.Open(text, (readOnly ? 0 : OpenReadWrite) | OpenNonBlocking | LibC.OpenCloseOnExec);
        if (opened < 0)
            return null;
        using var descriptor = new FileDescriptor(opened);
        int seals = LibC.Fcntl(opened, GetSeals, 0); // −1 where it is a file that cannot be sealed at all
        bool isSealed = seals > 0 && (seals & SealShrinkGrowSeal) == SealShrinkGrowSeal; // else its owner could cut it, and crash this process
        return isSealed && LibC.Seek(descriptor, 0, SeekEnd) == length ? new SharedMemory(descriptor, length, readOnly ? ReadOnly : ReadWrite) : null;
    }

    /// <summary>
    /// Lets the memory go and keeps the addresses: whoever still looks there sees zeros, and harms nobody. They go with <see cref="Dispose"/>.
    /// </summary>
    public void Release()
    {
        if (Volatile.Read(ref _isUnmapped) == 0)
            _ = LibC.Map(_address, (nuint)_length, ReadWrite, PrivateFixedAnonymousUnreserved, -1, 0);
        Descriptor.Dispose();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isUnmapped, 1) == 0)
            _ = LibC.Unmap(_address, (nuint)_length);
        Descriptor.Dispose();
    }

    private static bool IsMemory(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget?.StartsWith($"/memfd:{Name}", StringComparison.Ordinal) == true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
