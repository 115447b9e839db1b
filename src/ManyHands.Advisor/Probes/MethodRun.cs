using System.Buffers;
using System.Diagnostics;
using System.Reflection;

namespace ManyHands.Advisor;

/// <summary>What one run of a method took. Times in seconds, sizes in bytes.</summary>
internal sealed record MethodSample(
    double Wall, double Cpu, double Ready, long Voluntary, long Involuntary, long PeakBytes, long DiskBytes, long PayloadBytes, double PayloadSeconds,
    long AllocatedBytes, double CollectorSeconds, string? Failure);

/// <summary>What is known of a method before it runs.</summary>
internal sealed record MethodFacts(bool IsAsync, bool TakesNothing, bool ReturnsNothing, string[] MutableStatics);

/// <summary>Runs methods: the work that is submitted, so static.</summary>
internal static class MethodRun
{
    private static readonly TimeSpan _leastTime = TimeSpan.FromMilliseconds(2);

    /// <summary>Finds the method, and checks that it takes the input.</summary>
    public static MethodFacts Look(MethodCall call)
    {
        LoadedMethod method = LoadedMethod.Of(call.Method);
        method.Parse(call.Input);
        return new MethodFacts(method.IsAsync, method.ArgumentType is null, method.ReturnsNothing, [.. method.MutableStatics()]);
    }

    /// <summary>Runs it once, for nothing but its time.</summary>
    public static void Once(MethodCall call) => OnceAsync(call).GetAwaiter().GetResult();

    /// <summary>Runs it once, without holding a thread while it waits.</summary>
    public static async Task OnceAsync(MethodCall call)
    {
        LoadedMethod method = LoadedMethod.Of(call.Method);
        await method.CallAsync(method.Parse(call.Input)).ConfigureAwait(false);
    }

    /// <summary>Runs it once, and measures. Alone in its process, whose figures are its own.</summary>
    public static MethodSample Measure(MethodCall call)
    {
        LoadedMethod method = LoadedMethod.Of(call.Method);
        object? argument = method.Parse(call.Input);
        GC.Collect();
        ForgetPeak();
        long resident = Status("VmRSS:"), disk = Disk();
        TreeUsage before = ProcessTree.Usage();
        TimeSpan cpu = Cpu(), stopped = GC.GetTotalPauseDuration();
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        long started = Stopwatch.GetTimestamp();
        object? result = null;
        string? failure = null;
        TimeSpan wall;
        int calls = 0;
        try
        {
            // What is over in microseconds is called until clocks can see it.
            do
            {
                result = method.CallAsync(argument).GetAwaiter().GetResult();
                calls++;
                wall = Stopwatch.GetElapsedTime(started);
            }
            while (wall < _leastTime);
        }
        catch (Exception error) // the work's own: a finding, no end of the measurement
        {
            failure = $"{error.GetType().Name}: {error.Message.Split('\n')[0].TrimEnd()}{(calls > 0 ? $" (in call {calls + 1}; those before went well)" : "")}";
            calls++;
            wall = Stopwatch.GetElapsedTime(started);
        }

        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
        stopped = GC.GetTotalPauseDuration() - stopped;
        cpu = Cpu() - cpu;
        TreeUsage used = ProcessTree.Usage().Since(before);
        long peak = Math.Max(0, Status("VmHWM:") - resident);
        (long bytes, double seconds) = Payload(method.ArgumentType, argument, result);

        // Of this process to the microsecond; with children that have ended, in the system's steps of 10 ms.
        double children = Math.Max(0, (used.CpuTime - cpu).TotalSeconds - 0.02);
        return new MethodSample(
            wall.TotalSeconds / calls, (cpu.TotalSeconds + children) / calls, used.ReadyTime.TotalSeconds / calls, used.VoluntarySwitches / calls, used.InvoluntarySwitches / calls, peak,
            (Disk() - disk) / calls, bytes, seconds, allocated / calls, stopped.TotalSeconds / calls, failure);
    }

    private static TimeSpan Cpu() => Environment.CpuUsage.TotalTime;

    private static long Status(string name) => (SystemFiles.Figure("/proc/self/status", name) ?? 0) << 10;

    private static long Disk() => (SystemFiles.Figure("/proc/self/io", "read_bytes:") ?? 0) + (SystemFiles.Figure("/proc/self/io", "write_bytes:") ?? 0);

    // See clear_refs in proc(5). Where it is not allowed, the peak is the process's, which is an upper bound.
    private static void ForgetPeak()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static (long Bytes, double Seconds) Payload(Type? argumentType, object? argument, object? result)
    {
        (long argumentBytes, double argumentSeconds) = argumentType is null ? (0, 0) : RoundTrip(argumentType, argument);
        (long resultBytes, double resultSeconds) = result is null ? (0, 0) : RoundTrip(result.GetType(), result);
        return (argumentBytes + resultBytes, argumentSeconds + resultSeconds);
    }

    // As a worker process would get it. What cannot travel has no size: it is refused at submission, and says so there.
    private static (long Bytes, double Seconds) RoundTrip(Type type, object? value)
    {
        MethodInfo generic = typeof(MethodRun).GetMethod(nameof(RoundTripOf), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type);
        return ((long, double))generic.Invoke(null, [value])!;
    }

    private static (long Bytes, double Seconds) RoundTripOf<T>(T value)
    {
        const int Runs = 3; // the first finds out how the type is written
        try
        {
            var output = new ArrayBufferWriter<byte>();
            double best = double.MaxValue;
            for (int i = 0; i < Runs; i++)
            {
                output.ResetWrittenCount();
                long started = Stopwatch.GetTimestamp();
                IPayloadCodec.Default.Encode(value, output);
                IPayloadCodec.Default.Decode<T>(output.WrittenSpan);
                best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
            }

            return (output.WrittenCount, best);
        }
        catch (PayloadException)
        {
            return (0, 0);
        }
    }
}
