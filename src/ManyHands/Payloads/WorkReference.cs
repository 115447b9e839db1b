using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace ManyHands.Payloads;

/// <summary>
/// The address of a work method, which leads to the same method in another process that runs the same build. Two references to one method
/// are equal; in the process that made them they are the same object.
/// </summary>
internal sealed class WorkReference : IEquatable<WorkReference>
{
    private static readonly ConditionalWeakTable<Delegate, WorkReference> _byDelegate = [];

    // One per method that was ever submitted. They hold names only, so they keep no assembly from unloading.
    private static readonly ConcurrentDictionary<WorkReference, WorkReference> _known = [];

    private readonly byte[] _bytes;
    private readonly int _hash;

    private WorkReference(byte[] bytes)
    {
        _bytes = bytes;
        var hash = new HashCode();
        hash.AddBytes(bytes);
        _hash = hash.ToHashCode();
        var reader = new FieldReader(bytes);
        DeclaringType = TypeAddress.Read(ref reader);
        Token = reader.ReadInt32();
        MethodName = reader.ReadRequiredText();
        MethodArguments = TypeAddress.ReadList(ref reader);
        TakesToken = reader.ReadByte() != 0;
        DisplayName = reader.ReadRequiredText();
        Contexts = LoadContextAddress.ReadList(ref reader);
        if (!reader.IsAtEnd)
            throw FieldReader.Malformed();
    }

    /// <summary>The method's name for people: <c>Namespace.Type.Method</c>.</summary>
    public string DisplayName { get; }

    /// <summary>The work's last parameter is a <see cref="CancellationToken"/> beside its argument.</summary>
    public bool TakesToken { get; }

    public TypeAddress DeclaringType { get; }

    /// <summary>The caller's load contexts that it comes from, beside the application's. Empty for most work.</summary>
    public IReadOnlyList<LoadContextAddress> Contexts { get; }

    /// <summary>Metadata token of the method's definition.</summary>
    public int Token { get; }

    public string MethodName { get; }

    public IReadOnlyList<TypeAddress> MethodArguments { get; }

    /// <summary>The address of the delegate's method. The second call with the same delegate only looks it up.</summary>
    /// <exception cref="ArgumentException">It cannot run in another process; the message says why and what to do.</exception>
    public static WorkReference From(Delegate work)
    {
        ArgumentNullException.ThrowIfNull(work);
        return _byDelegate.TryGetValue(work, out var reference) ? reference : _byDelegate.GetValue(work, Create);
    }

    /// <summary>As <see cref="From(Delegate)"/>; refuses a delegate that was made for other types and converted by variance.</summary>
    /// <exception cref="ArgumentException">It cannot run in another process; the message says why and what to do.</exception>
    public static WorkReference From<TWork>(TWork work) where TWork : Delegate
    {
        ArgumentNullException.ThrowIfNull(work);
        if (work.GetType() != typeof(TWork) && typeof(TWork) != typeof(Delegate))
        {
            throw new ArgumentException(
                $"The work is a {TypeNames.Of(work.GetType())} that was converted to {TypeNames.Of(typeof(TWork))}, so its argument and "
                + "result would be encoded as the wrong types. Submit it with the types it was made for, or wrap it in a static lambda.",
                nameof(work));
        }

        return From((Delegate)work);
    }

    /// <exception cref="PayloadException">The bytes are no reference.</exception>
    public static WorkReference Read(ReadOnlySpan<byte> bytes) => new(bytes.ToArray());

    public void Write(IBufferWriter<byte> output) => output.Write(_bytes);

    public bool Equals(WorkReference? other)
        => ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _bytes.AsSpan().SequenceEqual(other._bytes));

    public override bool Equals(object? obj) => Equals(obj as WorkReference);

    public override int GetHashCode() => _hash;

    public override string ToString() => DisplayName;

    private static WorkReference Create(Delegate work)
    {
        WorkRules.Check(work);
        var method = work.Method;
        using var output = new PayloadWriter();
        TypeAddress.Of(method.DeclaringType!).Write(output);
        output.WriteInt32(method.MetadataToken);
        output.WriteText(method.Name);
        TypeAddress.WriteList([.. method.GetGenericArguments().Select(TypeAddress.Of)], output);
        output.Write([(byte)(WorkRules.TakesToken(method) ? 1 : 0)]);
        output.WriteText(WorkNames.Of(method));
        LoadContextAddress.WriteList(LoadContexts.Of([method.DeclaringType!, .. method.GetGenericArguments()]), output);

        var reference = new WorkReference(output.WrittenSpan.ToArray());
        return _known.GetOrAdd(reference, reference);
    }
}
