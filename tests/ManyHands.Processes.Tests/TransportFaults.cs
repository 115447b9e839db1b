using ManyHands.Conformance;
using ManyHands.Conformance.Work;
using ManyHands.Protocol;

namespace ManyHands.Processes.Tests;

/// <summary>Workers that write what they must not, or die within a frame. The shared memory is that of Linux.</summary>
public sealed class TransportFaults
{
    [Fact] // F6
    public async Task A_worker_that_dies_within_a_frame_loses_its_task_and_nothing_else()
    {
        await using var pool = New(2);
        byte[] frame = new byte[FrameHeader.Size + 8];
        new FrameHeader(FrameKind.Result, 8).Write(frame);
        for (int length = 0; length <= FrameHeader.Size + 3; length += length < 4 || length > 20 ? 1 : 4)
        {
            Task<int> victim = pool.RunAsync(Crashing.WriteToTransport, (frame[..length], true));
            Task<int>[] others = [.. Enumerable.Range(0, 10).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
            (await Should.ThrowAsync<WorkerLostException>(() => victim.Time())).Cause.ShouldBe(WorkerLossCause.Exited);
            (await Task.WhenAll(others).Time()).ShouldBe(Enumerable.Range(1, 10));
        }
    }

    [Fact] // F18
    public async Task Garbage_in_the_transport_costs_the_worker_that_wrote_it()
    {
        await using var pool = New(2);
        byte[][] garbage =
        [
            [.. Enumerable.Repeat((byte)0xFF, 64)],
            new byte[FrameHeader.Size],
            Frame(new FrameHeader(FrameKind.Run)),
        ];
        foreach (byte[] bytes in garbage)
        {
            Task<int> victim = pool.RunAsync(Crashing.WriteToTransport, (bytes, false));
            Task<int>[] others = [.. Enumerable.Range(0, 10).Select(number => pool.RunAsync(Arithmetic.AddOne, number))];
            (await Should.ThrowAsync<WorkerLostException>(() => victim.Time())).Cause.ShouldBe(WorkerLossCause.ProtocolError);
            (await Task.WhenAll(others).Time()).ShouldBe(Enumerable.Range(1, 10));
        }

        pool.Snapshot().WorkersLost.ShouldBe(garbage.Length);
    }

    [Fact]
    public void A_worker_whose_control_connection_ends_ends_too()
    {
        // A scripted parent that lives on, so only the end of the connection can tell the worker.
        var launch = WorkerLaunch.Find();
        var worker = LinuxWorkerProcess.Start(launch, 1, WorkerEnvironment.Build(new Dictionary<string, string?>()));
        worker.Endpoint.Control.End();
        ProcessEnd end = worker.Wait();
        end.Signal.ShouldBeNull();
        worker.Dispose();
    }

    [Fact]
    public async Task A_worker_with_a_task_in_an_endless_loop_ends_with_its_control_connection()
    {
        var settings = new WorkerSettings
        {
            ParentPid = Environment.ProcessId,
            Depth = 1,
            ProcessBudget = 0,
            Application = ApplicationIdentity.Own,
            Codec = [],
            InitializerArgument = [1, 0, 0, 0],
            Initializer = Address((Action<int>)Spin),
        };
        LinuxWorkerProcess worker = await Spawned(settings);
        var reader = new FrameReader(worker.Endpoint.Lanes[0].Receive);
        reader.TryRead(out FrameHeader hello).ShouldBeTrue();
        hello.Kind.ShouldBe(FrameKind.Hello);
        worker.Endpoint.Control.End();
        await Task.Run(worker.Wait).Time();
        worker.Dispose();
    }

    private static async Task<LinuxWorkerProcess> Spawned(WorkerSettings settings)
    {
        var spawned = new TaskCompletionSource<LinuxWorkerProcess>();
        Platform.SpawnerThread.Post(() => spawned.SetResult(
            LinuxWorkerProcess.Start(WorkerLaunch.Find(), 1, WorkerEnvironment.Build(new Dictionary<string, string?>()))));
        LinuxWorkerProcess worker = await spawned.Task.Time();
        var body = new Payloads.PayloadWriter();
        settings.Write(body);
        byte[] frame = new byte[FrameHeader.Size + body.WrittenCount];
        new FrameHeader(FrameKind.Configure, body.WrittenCount).Write(frame);
        body.WrittenSpan.CopyTo(frame.AsSpan(FrameHeader.Size));
        worker.Endpoint.Control.Send(frame).ShouldBeTrue();
        return worker;
    }

    private static byte[] Address(Delegate work)
    {
        var bytes = new Payloads.PayloadWriter();
        Payloads.WorkReference.From(work).Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    private static void Spin(int ignored)
    {
        while (true)
        {
        }
    }

    private static byte[] Frame(FrameHeader header)
    {
        byte[] bytes = new byte[FrameHeader.Size + header.Length];
        header.Write(bytes);
        return bytes;
    }

    private static ProcessExecutor New(int workers) => new(new ProcessExecutorOptions { Workers = workers, Output = WorkerOutput.Discard });
}
