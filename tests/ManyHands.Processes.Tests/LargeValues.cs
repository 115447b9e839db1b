using ManyHands.Conformance;
using ManyHands.Conformance.Work;
using ManyHands.Payloads;

namespace ManyHands.Processes.Tests;

/// <summary>Values around and above the size from which they are received right into their own memory.</summary>
public abstract class LargeValues<TFixture> : IAsyncLifetime where TFixture : ProcessFixture, new()
{
    private readonly Executor _pool = new TFixture().Create(new ExecutorOptions { Workers = 1 });

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _pool.DisposeAsync();

    [Theory]
    [InlineData(LargeValue.Threshold - 8)]
    [InlineData(LargeValue.Threshold)]
    [InlineData(LargeValue.Threshold + 8)]
    [InlineData(20_000_000)]
    public async Task Arrays_arrive_as_they_were(int size)
    {
        byte[] bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        long[] longs = new long[size / sizeof(long)];
        Buffer.BlockCopy(bytes, 0, longs, 0, longs.Length * sizeof(long));
        (int, long, double)[] structures = [.. Enumerable.Range(0, size / 24).Select(i => (i, (long)i << 40, i / 3.0))];
        string text = string.Create(size / 2, 0, static (characters, _) => characters.Fill('x'));

        for (int round = 0; round < 2; round++)
        {
            (await _pool.RunAsync(Arithmetic.EchoAny<byte[]>, bytes).Time()).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
            (await _pool.RunAsync(Arithmetic.EchoAny<long[]>, longs).Time()).AsSpan().SequenceEqual(longs).ShouldBeTrue();
            (await _pool.RunAsync(Arithmetic.EchoAny<(int, long, double)[]>, structures).Time()).AsSpan().SequenceEqual(structures).ShouldBeTrue();
            (await _pool.RunAsync(Arithmetic.EchoAny<string>, text).Time()).ShouldBe(text);
            (await _pool.RunAsync(Arithmetic.EchoAny<Memory<long>>, longs.AsMemory()).Time()).Span.SequenceEqual(longs).ShouldBeTrue();
            (await _pool.RunAsync(Arithmetic.AddOne, round).Time()).ShouldBe(round + 1);
        }
    }

    [Fact]
    public async Task Many_at_once_and_in_maps_arrive_each_in_its_place()
    {
        byte[][] values = [.. Enumerable.Range(0, 20).Select(i => Enumerable.Repeat((byte)i, LargeValue.Threshold + (i * 10_000)).ToArray())];
        byte[][] results = await Task.WhenAll(values.Select(value => _pool.RunAsync(Arithmetic.EchoAny<byte[]>, value))).Time();
        for (int i = 0; i < values.Length; i++)
            results[i].AsSpan().SequenceEqual(values[i]).ShouldBeTrue();
        int at = 0;
        await foreach (byte[] result in _pool.MapAsync(values, Arithmetic.EchoAny<byte[]>))
            result.AsSpan().SequenceEqual(values[at++]).ShouldBeTrue();
        at.ShouldBe(values.Length);
    }

    [Fact]
    public async Task The_argument_may_be_changed_as_soon_as_the_call_has_returned()
    {
        long[] numbers = new long[1_000_000];
        Task<long[]> echo = _pool.RunAsync(Arithmetic.EchoAny<long[]>, numbers);
        numbers.AsSpan().Fill(-1);
        (await echo.Time()).ShouldAllBe(number => number == 0);
    }
}

public sealed class LargeValuesTravel : LargeValues<ProcessFixture>;

public sealed class LargeValuesTravelOverThePortableTransport : LargeValues<PortableProcessFixture>;
