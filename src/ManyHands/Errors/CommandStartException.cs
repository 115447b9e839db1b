namespace ManyHands;

/// <summary>A program could not be started: it does not exist, may not be executed, or its folder does not exist.</summary>
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
}
