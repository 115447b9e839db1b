using System.Buffers;

namespace ManyHands.Payloads;

/// <summary>
/// A type of an exception, as it can be found again among what is loaded already: by its place in its own module, which no type forward leads away from.
/// </summary>
/// <param name="Name">Full name; what lies at the place must have it.</param>
/// <param name="AssemblyName">Full name of the assembly that defines it.</param>
/// <param name="Module">Version id of its module.</param>
/// <param name="Token">Metadata token of its definition.</param>
internal readonly record struct FailureType(string Name, string AssemblyName, Guid Module, int Token)
{
    public static FailureType Of(Type type) =>
        new(type.FullName ?? type.Name, type.Assembly.FullName ?? "", type.Module.ModuleVersionId, type.MetadataToken);

    public static FailureType Read(ref FieldReader reader) =>
        new(reader.ReadRequiredText(), reader.ReadRequiredText(), reader.ReadGuid(), reader.ReadInt32());

    public void Write(IBufferWriter<byte> output)
    {
        output.WriteText(Name);
        output.WriteText(AssemblyName);
        output.WriteGuid(Module);
        output.WriteInt32(Token);
    }
}
