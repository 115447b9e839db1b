namespace ManyHands.Platform.Linux;

/// <summary>Unnamed memory that two processes map: no name, so no permission to get wrong and nothing left behind.</summary>
internal sealed unsafe class SharedMemory : IDisposable
{
    private const uint CloseOnExecAllowSealing = 0x1 | 0x2;
    private const int AddSeals = 1033;
    private const int SealShrinkGrowSeal = 0x2 | 0x4 | 0x1;
    private const int ReadWrite = 0x1 | 0x2;
    private const int Shared = 0x1;

    private readonly nint _address;
    private readonly long _length;

    private SharedMemory(FileDescriptor descriptor, long length)
    {
        Descriptor = descriptor;
        _length = length;
        _address = LibC.Map(0, (nuint)length, ReadWrite, Shared, (int)descriptor.DangerousGetHandle(), 0);
        if (_address == -1)
            throw FileDescriptor.Error("mmap");
    }

    public FileDescriptor Descriptor { get; }

    public byte* Address => (byte*)_address;

    /// <summary>Fresh memory, all zero. Its size is sealed: nobody who maps it can make it smaller and so crash another.</summary>
    public static SharedMemory Create(long length)
    {
        ReadOnlySpan<byte> name = "manyhands\0"u8;
        int number;
        fixed (byte* text = name)
            number = LibC.MemoryFile(text, CloseOnExecAllowSealing);
        if (number < 0)
            throw FileDescriptor.Error("memfd_create");
        var descriptor = new FileDescriptor(number);
        if (LibC.Truncate(descriptor, length) < 0 || LibC.Fcntl(number, AddSeals, SealShrinkGrowSeal) < 0)
        {
            using (descriptor)
                throw FileDescriptor.Error("ftruncate");
        }

        return new SharedMemory(descriptor, length);
    }

    /// <summary>Maps memory that another process made.</summary>
    public static SharedMemory Open(FileDescriptor descriptor, long length) => new(descriptor, length);

    public void Dispose()
    {
        if (!Descriptor.IsClosed)
            _ = LibC.Unmap(_address, (nuint)_length);
        Descriptor.Dispose();
    }
}
