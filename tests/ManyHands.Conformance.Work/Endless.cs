using System.Runtime.InteropServices;

namespace ManyHands.Conformance.Work;

/// <summary>A way never to end.</summary>
public enum Endlessness
{
    /// <summary>A managed loop.</summary>
    Loop,

    /// <summary>A sleep without an end.</summary>
    Sleep,

    /// <summary>A call of the system that waits for a signal.</summary>
    Pause,

    /// <summary>A loop of machine code.</summary>
    NativeLoop,

    /// <summary>The same, called in a way that makes every garbage collection of the process wait for it too.</summary>
    NativeLoopThatHoldsUpCollections,

    /// <summary>Waits for the token, and goes on.</summary>
    SwallowedCancellation,
}

/// <summary>Work that nothing but the end of its process can stop.</summary>
public static class Endless
{
    public static void Run((string Begun, Endlessness How) way) => RunDespiteToken(way, CancellationToken.None);

    public static void RunDespiteToken((string Begun, Endlessness How) way, CancellationToken cancellationToken)
    {
        Waiting.SayBegun(way.Begun);
        switch (way.How)
        {
            case Endlessness.Loop:
                while (true)
                {
                }

            case Endlessness.Sleep:
#pragma warning disable RS0030 // That is the point.
                Thread.Sleep(-1);
#pragma warning restore RS0030
                break;
            case Endlessness.Pause:
                while (true)
                    _ = pause();
            case Endlessness.NativeLoop:
                LoopInMachineCode(holdUpCollections: false);
                break;
            case Endlessness.NativeLoopThatHoldsUpCollections:
                LoopInMachineCode(holdUpCollections: true);
                break;
            case Endlessness.SwallowedCancellation:
                while (true)
                    _ = cancellationToken.WaitHandle.WaitOne(50);
        }
    }

    /// <summary>For executors whose worker is to be in such a loop: <see cref="Endlessness.NativeLoop"/>.</summary>
    public static void LoopNatively(string begun) => Run((begun, Endlessness.NativeLoop));

    // A compiler for C need not be there; "jump to yourself" is two or four bytes.
    private static unsafe void LoopInMachineCode(bool holdUpCollections)
    {
        ReadOnlySpan<byte> loop = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 or Architecture.X86 => [0xEB, 0xFE],
            Architecture.Arm64 => [0x00, 0x00, 0x00, 0x14],
            var other => throw new PlatformNotSupportedException($"What is 'jump to yourself' on {other}?"),
        };
        const int readWriteExecute = 7, privateAnonymous = 0x22;
        void* code = mmap(null, 4096, readWriteExecute, privateAnonymous, -1, 0);
        loop.CopyTo(new Span<byte>(code, loop.Length));
        if (holdUpCollections)
            ((delegate* unmanaged[SuppressGCTransition]<void>)code)();
        else
            ((delegate* unmanaged<void>)code)();
    }

    [DllImport("libc")]
    private static extern int pause();

    [DllImport("libc")]
    private static extern unsafe void* mmap(void* address, nint length, int protection, int flags, int descriptor, nint offset);
}
