using ManyHands.Platform.Linux;

namespace ManyHands.Platform;

/// <summary>One program to start: what <see cref="PosixSpawn"/> needs to know and nothing else.</summary>
internal sealed record SpawnRequest
{
    /// <summary>Path of the program, or a bare name that is looked up in the parent's PATH.</summary>
    public required string Program { get; init; }

    /// <summary>Arguments after the program's own name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The child's whole environment.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>Folder the child starts in. Default: the parent's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The same as an open descriptor, which leads there even after the folder was renamed or deleted.</summary>
    public FileDescriptor? WorkingDirectoryDescriptor { get; init; }

    /// <summary>Becomes descriptor 0. Default: /dev/null.</summary>
    public FileDescriptor? StandardInput { get; init; }

    /// <summary>Becomes descriptor 1. Default: the parent's.</summary>
    public FileDescriptor? StandardOutput { get; init; }

    /// <summary>Becomes descriptor 2. Default: the parent's.</summary>
    public FileDescriptor? StandardError { get; init; }

    /// <summary>Become descriptors 3, 4, … in this order; every other descriptor is closed in the child.</summary>
    public IReadOnlyList<FileDescriptor> Inherited { get; init; } = [];
}
