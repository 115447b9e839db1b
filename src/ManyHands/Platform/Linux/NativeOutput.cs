using System.Runtime.InteropServices;

namespace ManyHands.Platform.Linux;

/// <summary>How the C library of this process prints.</summary>
internal static class NativeOutput
{
    /// <summary>
    /// Has native code print line by line, as on a terminal: into a pipe it would be by blocks of some kilobytes, which come late, or never if the process is
    /// killed. Before anything is printed.
    /// </summary>
    public static unsafe void PrintByLine()
    {
        const int byLine = 1;
        if (NativeLibrary.TryLoad("libc", typeof(LibC).Assembly, null, out nint library) && NativeLibrary.TryGetExport(library, "stdout", out nint output))
            _ = LibC.SetBuffer(*(nint*)output, null, byLine, 0);
    }
}
