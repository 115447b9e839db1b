using System.Buffers;

namespace ManyHands.Payloads;

/// <summary>
/// A closed type as assembly, metadata token, type arguments and, around them, arrays. Never as a text that a loader would parse.
/// </summary>
/// <param name="Assembly">The assembly that defines the type or, for an array, its innermost element.</param>
/// <param name="Token">Metadata token of the type's definition.</param>
/// <param name="Name">Full name of the definition; what the token leads to must have it.</param>
/// <param name="Arguments">The type arguments, those of enclosing types included.</param>
/// <param name="ArrayRanks">Ranks of the arrays around the type, innermost first; 0 is the ordinary array with one dimension.</param>
internal sealed record TypeAddress(
    AssemblyAddress Assembly, int Token, string Name, IReadOnlyList<TypeAddress> Arguments, IReadOnlyList<int> ArrayRanks)
{
    // Real programs nest type arguments a few levels deep; a malformed message must not recurse without end.
    private const int MaxDepth = 64;

    /// <summary>The address of a closed type without pointers and references.</summary>
    /// <exception cref="ArgumentException">The type lives in an assembly that no other process can load.</exception>
    public static TypeAddress Of(Type type)
    {
        var ranks = new List<int>();
        while (type.IsArray)
        {
            ranks.Insert(0, type.IsSZArray ? 0 : type.GetArrayRank());
            type = type.GetElementType()!;
        }

        if (!AssemblyAddress.IsReachable(type.Assembly))
        {
            throw new ArgumentException(
                $"The work uses the type '{type.FullName}', which was created in memory, so no worker can load it. "
                + "Use types from an assembly file.");
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        var arguments = type.GetGenericArguments().Select(Of);
        return new TypeAddress(AssemblyAddress.Of(type.Assembly), definition.MetadataToken, definition.FullName!, [.. arguments], ranks);
    }

    public static TypeAddress Read(ref FieldReader reader, int depth = 0)
    {
        if (depth > MaxDepth)
            throw FieldReader.Malformed();

        var assembly = AssemblyAddress.Read(ref reader);
        int token = reader.ReadInt32();
        string name = reader.ReadRequiredText();
        var arguments = ReadList(ref reader, depth + 1);
        int[] ranks = new int[reader.ReadByte()];
        for (int i = 0; i < ranks.Length; i++)
        {
            ranks[i] = reader.ReadByte();
            if (ranks[i] > 32)
                throw FieldReader.Malformed();
        }

        return new TypeAddress(assembly, token, name, arguments, ranks);
    }

    public static List<TypeAddress> ReadList(ref FieldReader reader, int depth = 0)
    {
        int count = reader.ReadCount();
        var list = new List<TypeAddress>();
        for (int i = 0; i < count; i++)
            list.Add(Read(ref reader, depth));
        return list;
    }

    public static void WriteList(IReadOnlyList<TypeAddress> list, IBufferWriter<byte> output)
    {
        output.WriteInt32(list.Count);
        foreach (var type in list)
            type.Write(output);
    }

    public void Write(IBufferWriter<byte> output)
    {
        Assembly.Write(output);
        output.WriteInt32(Token);
        output.WriteText(Name);
        WriteList(Arguments, output);
        output.Write([(byte)ArrayRanks.Count, .. ArrayRanks.Select(rank => (byte)rank)]);
    }
}
