#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
// File-based apps ask for ahead-of-time compilation by default, and workers are started by the dotnet host.
#:property PublishAot=false

// Counts primes in worker processes. To count them on threads, change ProcessExecutor to ThreadExecutor.

using ManyHands;

await using var pool = new ProcessExecutor();

int[] limits = [100_000, 200_000, 300_000, 400_000, 500_000];
int next = 0;
await foreach (int primes in pool.MapAsync(limits, Primes.Below))
    Console.WriteLine($"{primes,6} primes below {limits[next++]}");

static class Primes
{
    public static int Below(int limit) => Enumerable.Range(2, limit - 2).Count(IsPrime);

    private static bool IsPrime(int number)
    {
        for (int divisor = 2; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
                return false;
        }

        return true;
    }
}
