namespace ManyHands.Cli.Rendering;

/// <summary>What can be done with the place that is written to.</summary>
internal sealed class Screen
{
    private const int UsualColumns = 80;
    private const int UsualRows = 24;

    private readonly Func<(int Columns, int Rows)?> _size;

    private Screen(bool isTerminal, string? terminal, string? noColour, Func<(int Columns, int Rows)?> size)
    {
        (IsTerminal, _size) = (isTerminal, size);
        CanMove = isTerminal && terminal is not "dumb";
        HasColour = CanMove && string.IsNullOrEmpty(noColour);
    }

    /// <summary>Whether a person looks at it.</summary>
    public bool IsTerminal { get; }

    /// <summary>Whether what was written can be written over.</summary>
    public bool CanMove { get; }

    public bool HasColour { get; }

    /// <summary>Columns, as many as the window has at this moment; as many as wanted where it is no terminal.</summary>
    public int Columns => IsTerminal ? _size()?.Columns ?? UsualColumns : int.MaxValue;

    /// <summary>Rows that the window has at this moment.</summary>
    public int Rows => _size()?.Rows ?? UsualRows;

    public static Screen OfOutput() => Of(!Console.IsOutputRedirected, 1);

    public static Screen OfError() => Of(!Console.IsErrorRedirected, 2);

    /// <summary>A terminal of a size.</summary>
    internal static Screen Sized(int columns, int rows, string terminal = "xterm", string? noColour = "1") => new(true, terminal, noColour, () => (columns, rows));

    /// <summary>No terminal.</summary>
    internal static Screen Pipe() => new(false, null, null, () => null);

    private static Screen Of(bool isTerminal, int descriptor) => new(
        isTerminal,
        Environment.GetEnvironmentVariable("TERM"),
        Environment.GetEnvironmentVariable("NO_COLOR"),
        () => OutputDescriptor.IsAvailable ? OutputDescriptor.WindowSize(descriptor) : isTerminal ? (Console.WindowWidth, Console.WindowHeight) : null);
}
