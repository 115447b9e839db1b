namespace ManyHands.Cli;

/// <summary>The command line, or what it names, cannot be worked with. Its message is all that the user sees.</summary>
internal sealed class UsageException(string message) : Exception(message);
