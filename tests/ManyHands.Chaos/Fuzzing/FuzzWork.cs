namespace ManyHands.Chaos.Fuzzing;

/// <summary>Work that the worker's side is asked to run with whatever arguments arrive.</summary>
internal static class FuzzWork
{
    public static int AddOne(int number) => unchecked(number + 1);

    public static string Upper(string? text) => text?.ToUpperInvariant() ?? "none";

    public static int Count(long[]? numbers) => numbers?.Length ?? -1;

    public static FuzzParcel Pass(FuzzParcel parcel, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return parcel with { Weights = [.. parcel.Weights, 1] };
    }

    public static Delegate[] All { get; } = [(Func<int, int>)AddOne, (Func<string?, string>)Upper, (Func<long[]?, int>)Count, (Func<FuzzParcel, CancellationToken, FuzzParcel>)Pass];
}

/// <summary>Something that travels as JSON.</summary>
internal sealed record FuzzParcel(string? Address, List<double> Weights, Dictionary<string, int> Stops);
