using System.Buffers;
using ManyHands.Payloads;

namespace ManyHands.Protocol;

/// <summary>The body of Configure: what a worker has to know before its first task.</summary>
internal sealed record WorkerSettings
{
    public required int ParentPid { get; init; }

    /// <summary>Executors of processes above it: 1 for the worker of an ordinary application.</summary>
    public required int Depth { get; init; }

    /// <summary>Processes that it may start in all, those of its own workers included.</summary>
    public required int ProcessBudget { get; init; }

    /// <summary>Which application the worker belongs to.</summary>
    public required ApplicationIdentity Application { get; init; }

    /// <summary>Address of the codec's type where it is not the default one.</summary>
    public required byte[] Codec { get; init; }

    /// <summary>Address of the initializer's work, or empty.</summary>
    public required byte[] Initializer { get; init; }

    public required byte[] InitializerArgument { get; init; }

    /// <summary>It will be held back until another is missing, and has time to prepare itself.</summary>
    public bool IsSpare { get; init; }

    /// <summary>Work that it will probably get; only where it has time to prepare itself.</summary>
    public WorkReference[] KnownWork { get; init; } = [];

    public void Write(IBufferWriter<byte> output)
    {
        output.WriteInt32(ParentPid);
        output.WriteInt32(Depth);
        output.WriteInt32(ProcessBudget);
        Application.Write(output);
        WriteBytes(output, Codec);
        WriteBytes(output, Initializer);
        WriteBytes(output, InitializerArgument);
        output.WriteInt32(IsSpare ? 1 : 0);
        output.WriteInt32(KnownWork.Length);
        foreach (WorkReference work in KnownWork)
        {
            var reference = new PayloadWriter();
            work.Write(reference);
            WriteBytes(output, reference.WrittenSpan);
        }
    }

    public static WorkerSettings Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new FieldReader(bytes);
        return new WorkerSettings
        {
            ParentPid = reader.ReadInt32(),
            Depth = reader.ReadInt32(),
            ProcessBudget = reader.ReadInt32(),
            Application = ApplicationIdentity.Read(ref reader),
            Codec = reader.ReadBytes(reader.ReadCount()),
            Initializer = reader.ReadBytes(reader.ReadCount()),
            InitializerArgument = reader.ReadBytes(reader.ReadCount()),
            IsSpare = reader.ReadInt32() != 0,
            KnownWork = ReadKnown(ref reader),
        };
    }

    private static WorkReference[] ReadKnown(ref FieldReader reader)
    {
        var known = new WorkReference[reader.ReadCount()];
        for (int i = 0; i < known.Length; i++)
            known[i] = WorkReference.Read(reader.ReadBytes(reader.ReadCount()));
        return known;
    }

    private static void WriteBytes(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        output.WriteInt32(bytes.Length);
        output.Write(bytes);
    }
}
