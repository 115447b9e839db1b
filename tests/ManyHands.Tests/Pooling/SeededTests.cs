using ManyHands.Conformance;

namespace ManyHands.Tests.Pooling;

/// <summary>Pools of every kind, with thousands of lives that seeds decide. A failure names its seed: play it again with the second test.</summary>
public sealed class SeededTests
{
    private const int Seeds = 6000;

    [Fact, Fault(34), Fault(37), Fault(44), Fault(45)]
    public void Every_rule_holds_in_thousands_of_random_lives()
    {
        for (int seed = 1; seed <= Seeds; seed++)
            Play(seed);
    }

    [Theory]
    [InlineData(0)]
    public void Every_rule_holds_with_a_seed_that_failed_once(int seed) => Play(seed);

    private static void Play(int seed)
    {
        try
        {
            new SeededSimulation(seed).Run();
        }
        catch (Exception error)
        {
            throw new ShouldAssertException($"Seed {seed}: {error.Message}", error);
        }
    }
}
