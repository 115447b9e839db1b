namespace ManyHands.Platform;

#pragma warning disable RS0030 // Banned everywhere else.

/// <summary>The only file that asks for the operating system. Everything else asks what it can do.</summary>
internal static class CurrentPlatform
{
    /// <summary>posix_spawn with inherited descriptors, sessions, exact signals and shared memory are available.</summary>
    public static bool IsLinux { get; } = OperatingSystem.IsLinux();

    /// <summary>Named pipes instead of socket files, and no Unix file modes.</summary>
    public static bool IsWindows { get; } = OperatingSystem.IsWindows();
}
