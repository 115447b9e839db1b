namespace ManyHands.Conformance.Work;

/// <summary>Work whose result could never travel back. Says by a file that it has begun all the same.</summary>
public static class Refused
{
    public static Stream Open(string begun) => File.Create(begun);

    public static async Task<Stream> OpenAsync(string begun)
    {
        await Task.Yield();
        return Open(begun);
    }

    public static object Any(string begun) => Open(begun);

    public static List<Thread> Many(string begun)
    {
        Open(begun).Dispose();
        return [];
    }
}
