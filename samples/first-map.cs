#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false

using ManyHands;

// The same words on threads: change ProcessExecutor to ThreadExecutor.
await using var pool = new ProcessExecutor(workers: 2);

int[] limits = [10_000, 20_000, 30_000, 40_000, 50_000];
int next = 0;
await foreach (int primes in pool.MapAsync(limits, Primes.Below))
    Console.WriteLine($"{primes} primes below {limits[next++]}");

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
