using System.Buffers;

namespace ManyHands.Payloads;

/// <summary>
/// A load context of the caller's, such as a host makes for each plug-in, as far as a piece of work needs it: a worker makes one for it, in which every name leads
/// to the same file of the same build.
/// </summary>
/// <param name="Id">Its number in the caller's process; 0 is the application's own context.</param>
/// <param name="Name">For people.</param>
/// <param name="Root">File of the assembly that the work came from. What is found by no binding lies beside it, or where its <c>.deps.json</c> says.</param>
/// <param name="Bindings">What references lead to there.</param>
internal sealed record LoadContextAddress(long Id, string Name, string Root, IReadOnlyList<AssemblyAddress> Bindings)
{
    public static LoadContextAddress Read(ref FieldReader reader)
    {
        long id = reader.ReadInt64();
        string name = reader.ReadRequiredText(), root = reader.ReadRequiredText();
        var bindings = new AssemblyAddress[reader.ReadCount()];
        for (int i = 0; i < bindings.Length; i++)
            bindings[i] = AssemblyAddress.Read(ref reader);
        return new LoadContextAddress(id, name, root, bindings);
    }

    public static LoadContextAddress[] ReadList(ref FieldReader reader)
    {
        var list = new LoadContextAddress[reader.ReadCount()];
        for (int i = 0; i < list.Length; i++)
            list[i] = Read(ref reader);
        return list;
    }

    public static void WriteList(IReadOnlyList<LoadContextAddress> list, IBufferWriter<byte> output)
    {
        output.WriteInt32(list.Count);
        foreach (LoadContextAddress address in list)
            address.Write(output);
    }

    public void Write(IBufferWriter<byte> output)
    {
        output.WriteInt64(Id);
        output.WriteText(Name);
        output.WriteText(Root);
        output.WriteInt32(Bindings.Count);
        foreach (AssemblyAddress binding in Bindings)
            binding.Write(output);
    }
}
