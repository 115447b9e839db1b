namespace ManyHands;

/// <summary>A program could not be started: it does not exist, may not be executed, or its folder or input does not exist.</summary>
public sealed class CommandStartException : Exception
{
    /// <summary>Creates the exception.</summary>
    public CommandStartException(string program, string reason, Exception? innerException = null)
        : base($"'{program}' could not be started: {reason}", innerException)
    {
        Program = program;
        Reason = reason;
    }

    /// <summary>The program as the command names it.</summary>
    public string Program { get; }

    /// <summary>The message without its beginning.</summary>
    internal string Reason { get; }

    /// <summary>The file that the program was to read cannot be opened.</summary>
    internal static CommandStartException Input(string program, string? file, Exception refused) =>
        new(program, $"its input '{file}' cannot be read: {refused.Message}", refused);
}
