using System.Diagnostics;

namespace ManyHands.Conformance.Work;

/// <summary>Work of a given length that says in a ledger when it begins and ends, for tests that cancel or kill it at any moment.</summary>
public static class Racing
{
    public static int Politely((string Ledger, int Number, int Microseconds) turn, CancellationToken cancellationToken)
    {
        Ledger.Note(turn.Ledger, $"begin {turn.Number}\n");
        Burn(turn.Microseconds, cancellationToken);
        Ledger.Note(turn.Ledger, $"end {turn.Number}\n");
        return turn.Number;
    }

    public static int Deafly((string Ledger, int Number, int Microseconds) turn) => Politely(turn, CancellationToken.None);

    private static void Burn(int microseconds, CancellationToken cancellation)
    {
        long end = Stopwatch.GetTimestamp() + (microseconds * Stopwatch.Frequency / 1_000_000);
        while (Stopwatch.GetTimestamp() < end)
            cancellation.ThrowIfCancellationRequested();
    }
}
