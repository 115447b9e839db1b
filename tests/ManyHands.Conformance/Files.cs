namespace ManyHands.Conformance;

/// <summary>A folder of files by which tests and work in other processes see each other; gone with the test.</summary>
public sealed class Files : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("manyhands-test-");
    private int _next;

    /// <summary>A path where nothing is yet.</summary>
    public string New() => Path.Combine(_folder.FullName, $"{Interlocked.Increment(ref _next)}");

    /// <summary>Opens a gate.</summary>
    public static void Open(string gate) => File.WriteAllText(gate, "");

    public void Dispose() => _folder.Delete(recursive: true);
}
