namespace ManyHands;

/// <summary>One item of a map that failed.</summary>
/// <param name="Index">Its place in the input, from 0.</param>
/// <param name="Input">The item itself. After travelling from another process only a text; every other item is null there.</param>
/// <param name="Error">What it failed with.</param>
public sealed record MapFailure(long Index, object? Input, Exception Error);
