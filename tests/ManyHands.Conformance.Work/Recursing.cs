using System.Runtime.CompilerServices;

namespace ManyHands.Conformance.Work;

/// <summary>Recursion without end, with frames of several kinds.</summary>
public enum Frames
{
    /// <summary>Small ones, of three methods in turn.</summary>
    Small,

    /// <summary>Larger than the pages that guard the stack.</summary>
    Large,

    /// <summary>Through delegates and an interface.</summary>
    Mixed,
}

/// <summary>Work that overflows its stack, or meets the runtime's own fatal errors.</summary>
public static class Recursing
{
    public static int Overflow((Frames Frames, bool OwnThread) how)
    {
        if (!how.OwnThread)
            return Start(how.Frames);
        int result = 0;
        var thread = new Thread(() => result = Start(how.Frames));
        thread.Start();
        thread.Join();
        return result;
    }

    /// <summary>Writes to an address that nobody has.</summary>
    public static unsafe int WriteNowhere(int ignored)
    {
        *(int*)0x10000 = ignored;
        return 0;
    }

    public static async Task<int> WriteNowhereLater(int ignored)
    {
        await Task.Delay(1);
        return WriteNowhere(ignored);
    }

    /// <summary>Spoils the head of an object and has the garbage collector find it.</summary>
    public static unsafe int BreakTheRuntime(int ignored)
    {
        object victim = new int[100];
#pragma warning disable CS8500 // That is the point.
        **(nint**)&victim = 0x30001;
#pragma warning restore CS8500
        GC.Collect();
        return ignored + victim.GetHashCode();
    }

    public static async Task<int> BreakTheRuntimeLater(int ignored)
    {
        await Task.Delay(1);
        return BreakTheRuntime(ignored);
    }

    private static int Start(Frames frames) => frames switch
    {
        Frames.Small => First(0),
        Frames.Large => Wide(default, 0),
        _ => new Mixed().Step(0, new Mixed()),
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int First(int depth) => Second(depth + 1) + 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Second(int depth) => Third(depth + 1) + 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Third(int depth) => First(depth + 1) + 1;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Wide(Block block, int depth)
    {
        block[depth & 0xFFFF] = (byte)depth;
        return Wide(block, depth + 1) + block[1];
    }

    [InlineArray(0x10000)]
    private struct Block
    {
        private byte _first;
    }

    private interface IStep
    {
        int Step(int depth, IStep next);
    }

    private sealed class Mixed : IStep
    {
        public int Step(int depth, IStep next)
        {
            Func<int, int> through = further => next.Step(further + 1, this);
            return through(depth) + 1;
        }
    }
}
