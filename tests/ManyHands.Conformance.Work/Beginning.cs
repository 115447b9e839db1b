namespace ManyHands.Conformance.Work;

/// <summary>Initializers, and work that looks at what they did.</summary>
public static class Beginning
{
    private static string _status = "uninitialized";

    public static void Set(string status) => _status = status;

    public static string Status(int ignored) => _status[(ignored * 0)..];

    /// <summary>Waits before it says how it is, so that every worker has one of these.</summary>
    public static string StatusAfter(Gate gate)
    {
        gate.Pass();
        return _status;
    }

    /// <summary>Notes the process in a file, and fails.</summary>
    public static void Fail(string file)
    {
        Note(file);
        throw new ArgumentException("error in initializer");
    }

    /// <summary>Notes the process in a file, and fails from the second time on.</summary>
    public static void FailFromTheSecondOn(string file)
    {
        if (Note(file) > 1)
            throw new ArgumentException("only once");
    }

    /// <summary>Notes the process in a file, and fails from the third time on.</summary>
    public static void FailFromTheThirdOn(string file)
    {
        if (Note(file) > 2)
            throw new ArgumentException("from the third on");
    }

    /// <summary>Notes the process in a file, and from the fourth time on waits for another file.</summary>
    public static void WaitFromTheFourthOn((string File, string Gate) files)
    {
        if (Note(files.File) > 3)
            new Gate(files.Gate + ".begun", files.Gate).Pass();
    }

    /// <summary>Notes the process in a file, and succeeds.</summary>
    public static void Succeed(string file) => Note(file);

    /// <summary>Notes the process in a file, and never ends.</summary>
    public static void Hang(string file)
    {
        Note(file);
        Waiting.For(Timeout.Infinite);
    }

    /// <summary>The processes that are noted in a file.</summary>
    public static int[] Noted(string file) => File.Exists(file) ? [.. File.ReadAllLines(file).Select(int.Parse)] : [];

    private static int Note(string file)
    {
        // One at a time: the framework appends at where the end was when the file was opened, and would write over what another has written since.
        using FileStream alone = Alone(file + ".alone");
        using (var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
            stream.Write(System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
        return Noted(file).Length;
    }

    private static FileStream Alone(string file)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            }
            catch (IOException)
            {
                Waiting.For(1); // another has it
            }
        }
    }
}
