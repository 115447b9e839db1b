using ManyHands.Platform;
using ManyHands.Platform.Linux;

namespace ManyHands.Processes;

/// <summary>
/// The folder in which all workers of an executor start: the current one when the executor was made, so a relative path means the same in each of them,
/// whatever the application does with its own afterwards.
/// </summary>
internal sealed class StartFolder : IDisposable
{
    /// <summary>Its path; null if it has none any more.</summary>
    public string? Path { get; } = CurrentPath();

    /// <summary>On Linux the folder itself, so renaming or deleting it parts no worker from the others.</summary>
    public FileDescriptor? Descriptor { get; } = CurrentPlatform.IsLinux ? FileDescriptor.OfCurrentFolder() : null;

    public void Dispose() => Descriptor?.Dispose();

    private static string? CurrentPath()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // deleted under the application's feet: workers inherit what there is
        }
    }
}
