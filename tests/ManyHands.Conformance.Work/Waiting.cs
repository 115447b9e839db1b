namespace ManyHands.Conformance.Work;

/// <summary>Work that waits, for a file or for ever. Files are what a test can see and make from any process.</summary>
public static class Waiting
{
    private static readonly ManualResetEvent _never = new(initialState: false);

    /// <summary>Says that it has begun, by a file, and ends when another file is there.</summary>
    public static string ForFile((string Begun, string Gate) files)
    {
        SayBegun(files.Begun);
        while (!IsOpen(files.Gate))
            _never.WaitOne(2);
        return files.Begun;
    }

    /// <summary>As <see cref="ForFile"/>, but ends with the token too.</summary>
    public static string ForFilePolitely((string Begun, string Gate) files, CancellationToken cancellationToken)
    {
        SayBegun(files.Begun);
        while (!IsOpen(files.Gate))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _never.WaitOne(2);
        }

        return files.Begun;
    }

    public static async Task<string> ForFileAsync((string Begun, string Gate) files, CancellationToken cancellationToken)
    {
        SayBegun(files.Begun);
        while (!IsOpen(files.Gate))
            await Task.Delay(2, cancellationToken);
        return files.Begun;
    }

    /// <summary>Leaves a file as proof that it ran.</summary>
    public static string Touch(string file)
    {
        File.AppendAllText(file, "x");
        return file;
    }

    /// <summary>Waits for ever and does not listen.</summary>
    public static void ForEver(string begun)
    {
        SayBegun(begun);
        _never.WaitOne();
    }

    /// <summary>Is given a token and does not listen to it.</summary>
    public static void ForEverDespiteToken(string begun, CancellationToken cancellationToken)
    {
        _ = cancellationToken;
        ForEver(begun);
    }

    /// <summary>Burns a core for ever.</summary>
    public static void Loop(string begun)
    {
        SayBegun(begun);
        while (true)
        {
        }
    }

    public static int For(int milliseconds)
    {
        _never.WaitOne(milliseconds);
        return milliseconds;
    }

    // Nobody opens a gate whose test has gone with its folder.
    private static bool IsOpen(string gate) => File.Exists(gate) || !Directory.Exists(Path.GetDirectoryName(gate));

    // Written elsewhere and moved, so that whoever sees the file can read it whole.
    internal static void SayBegun(string file)
    {
        File.WriteAllText(file + ".new", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        File.Move(file + ".new", file, overwrite: true);
    }
}
