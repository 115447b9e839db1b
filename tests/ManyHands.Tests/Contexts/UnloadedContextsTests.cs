using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using ManyHands.Conformance;
using ManyHands.Contexts;

namespace ManyHands.Tests.Contexts;

/// <summary>Contexts that stay although they were unloaded.</summary>
public sealed class UnloadedContextsTests : IDisposable
{
    private readonly PlugIns _plugIns = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _plugIns.Dispose();

    [Fact]
    public async Task Those_that_something_keeps_are_counted_once_the_others_would_be_gone_and_warned_of_once()
    {
        var unloaded = new UnloadedContexts(_time);
        object[] kept = Unload(unloaded, 12);
        unloaded.Kept.ShouldBe(0); // nobody has looked yet
        Collect();
        unloaded.Kept.ShouldBe(0); // their threads may still be about to end
        _time.Pass(TimeSpan.FromSeconds(6));
        unloaded.Kept.ShouldBe(12);
        ContextsKept warning = Unload(unloaded).ShouldNotBeNull();
        warning.Contexts.ShouldBe(12);
        warning.Detail.ShouldContain("12 load contexts");
        warning.Detail.ShouldContain("ProcessExecutor");
        Unload(unloaded).ShouldBeNull();

        GC.KeepAlive(kept);
        Array.Clear(kept);
        await Within.Until(() =>
        {
            Collect();
            return unloaded.Kept == 0;
        });
    }

    [Fact]
    public async Task An_executor_counts_those_of_its_workers_and_tells_its_observer()
    {
        const int contexts = 11;
        string key = $"MANYHANDS_KEPT_{Guid.NewGuid():N}";
        var log = new EventLog();
        await using var pool = new ContextExecutor(
            new ContextExecutorOptions { Workers = 1, Collectible = true, Retire = new Retirement { AfterTasks = 1 }, Observer = log });
        for (int i = 0; i < contexts; i++)
            await pool.RunAsync((string key) => AppContext.SetData(key, new Mine()), $"{key}{i}").Time();
        await Within.Until(() =>
        {
            Collect();
            return pool.Snapshot().ContextsKept == contexts;
        });
        for (int i = 0; i < 3; i++)
            await pool.RunAsync((string _) => { }, "").Time();
        await Within.Until(() => log.Count<ContextsKept>() > 0);
        for (int i = 0; i < 3; i++)
            await pool.RunAsync((string _) => { }, "").Time();
        await pool.CloseAsync().Time();
        log.Count<ContextsKept>().ShouldBe(1);
        for (int i = 0; i < contexts; i++)
            AppContext.SetData($"{key}{i}", null);
    }

    [Fact]
    public async Task Contexts_that_nothing_keeps_are_not_counted()
    {
        await using var pool = new ContextExecutor(new ContextExecutorOptions { Workers = 1, Collectible = true, Retire = new Retirement { AfterTasks = 1 } });
        for (int i = 0; i < 20; i++)
            await pool.RunAsync((int _) => new Mine().ToString(), i).Time();
        Collect();
        pool.Snapshot().ContextsKept.ShouldBe(0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private object[] Unload(UnloadedContexts unloaded, int count)
    {
        string path = _plugIns.Compile("Kept", factor: 2);
        object[] kept = new object[count];
        for (int i = 0; i < count; i++)
        {
            var context = new AssemblyLoadContext($"kept {i}", isCollectible: true);
            kept[i] = PlugIns.Load(context, path);
            context.Unload();
            unloaded.Add(context).ShouldBeNull();
        }

        return kept;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ContextsKept? Unload(UnloadedContexts unloaded)
    {
        var context = new AssemblyLoadContext("one more", isCollectible: true);
        context.Unload();
        return unloaded.Add(context);
    }

    private static void Collect()
    {
        for (int i = 0; i < 10; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private sealed class Mine;

    private sealed class ManualTime : TimeProvider
    {
        private long _now = 1;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Pass(TimeSpan time) => _now += time.Ticks;
    }
}
