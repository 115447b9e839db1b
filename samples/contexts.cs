#!/usr/bin/env -S dotnet run
#:project ../src/ManyHands/ManyHands.csproj
#:property PublishAot=false

// A library that keeps its state in a static field, as many do that were not written for threads. On threads its callers disturb one another
// and the answers are wrong; in contexts each worker has statics of its own, in the same process, and they are right.

using ManyHands;

string[] texts = [.. Enumerable.Range(0, 200).Select(number => new string('x', 2_000 + (number % 7)))];

await using var threads = new ThreadExecutor(workers: 4);
Console.WriteLine($"On threads:  {await CountWrong(threads)} of {texts.Length} answers are wrong");

await using var contexts = new ContextExecutor(workers: 4);
Console.WriteLine($"In contexts: {await CountWrong(contexts)} of {texts.Length} answers are wrong, in the one process {Environment.ProcessId}");

async Task<int> CountWrong(Executor pool)
{
    int wrong = 0, index = 0;
    await foreach (int length in pool.MapAsync(texts, OldLibrary.Measure))
        wrong += length == texts[index++].Length ? 0 : 1;
    return wrong;
}

static class OldLibrary
{
    private static int _count;

    // Counts the characters of a text, in a field that it shares with everybody.
    public static int Measure(string text)
    {
        _count = 0;
        foreach (char _ in text)
        {
            _count++;
            if (_count % 500 == 0)
                Thread.Yield();
        }

        return _count;
    }
}
