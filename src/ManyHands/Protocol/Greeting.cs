using System.Buffers;
using System.Runtime.InteropServices;
using ManyHands.Payloads;

namespace ManyHands.Protocol;

/// <summary>The body of Hello: which build speaks.</summary>
internal sealed record Greeting(int ProtocolVersion, int Pid, string Runtime, Guid Build)
{
    /// <summary>Counts up with every change of PROTOCOL.md.</summary>
    public const int CurrentProtocol = 3;

    /// <summary>This process's own.</summary>
    public static Greeting Own => new(
        CurrentProtocol, Environment.ProcessId, RuntimeInformation.FrameworkDescription, typeof(Greeting).Module.ModuleVersionId);

    public void Write(IBufferWriter<byte> output)
    {
        output.WriteInt32(ProtocolVersion);
        output.WriteInt32(Pid);
        output.WriteText(Runtime);
        output.WriteGuid(Build);
    }

    public static Greeting Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new FieldReader(bytes);
        return new Greeting(reader.ReadInt32(), reader.ReadInt32(), reader.ReadRequiredText(), reader.ReadGuid());
    }

    /// <summary>Refuses a worker of another build, in words; null where it fits.</summary>
    public string? Mismatch(Greeting expected)
    {
        if (ProtocolVersion != expected.ProtocolVersion)
            return Differs("protocol version", ProtocolVersion, expected.ProtocolVersion);
        if (Runtime != expected.Runtime)
            return Differs("runtime", Runtime, expected.Runtime);
        return Build == expected.Build ? null : Differs("build of ManyHands.dll", Build, expected.Build);
    }

    private string Differs<T>(string what, T theirs, T ours) =>
        $"Worker process {Pid} runs another {what} ({theirs}) than this process ({ours}). Was the application rebuilt while it ran? Start it again.";
}
