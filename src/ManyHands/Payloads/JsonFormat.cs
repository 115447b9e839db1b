using System.Buffers;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ManyHands.Payloads;

/// <summary>How everything that is not plain memory travels: as JSON between two ends of the same build, read by nobody else.</summary>
internal static class JsonFormat
{
    // Deep enough for trees; a linked list should travel as a list. 128 levels fit a stack of 256 KiB.
    private const int MaxDepth = 128;

    [ThreadStatic]
    private static Utf8JsonWriter? _idleWriter;

    /// <summary>
    /// The resolver is explicit, so that reflection works even where the application has switched it off as JSON's default, which every
    /// file-based application does.
    /// </summary>
    public static JsonSerializerOptions Options { get; } = CreateOptions();

    /// <summary>Options keep what they know of a type for ever, so a type that shall be unloaded has its own.</summary>
    public static JsonSerializerOptions OptionsFor(Type type) => type.IsCollectible ? CreateOptions() : Options;

    /// <summary>A writer that may have been used before; give it back.</summary>
    public static Utf8JsonWriter RentWriter(IBufferWriter<byte> output)
    {
        var writer = _idleWriter;
        _idleWriter = null; // A converter may encode another value while this one is being written.
        if (writer is null)
            return new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = Options.Encoder, MaxDepth = MaxDepth + 1 });
        writer.Reset(output);
        return writer;
    }

    public static void ReturnWriter(Utf8JsonWriter writer)
    {
        writer.Reset(Stream.Null); // Lets go of the caller's buffer.
        _idleWriter = writer;
    }

    /// <summary>The error for a value of this type, from whatever JSON or user code threw.</summary>
    public static PayloadException Failed(Type type, Exception error, string doing)
    {
        // Without dynamic code the serializer calls members by reflection, which wraps what they throw.
        while (error is TargetInvocationException { InnerException: { } thrown })
            error = thrown;
        string path = (error as JsonException)?.Path is { Length: > 1 } text ? text[1..] : "";
        string name = TypeNames.Of(type) + path;
        return error switch
        {
            RefusedValueException refused => new PayloadException($"{name}: {refused.Message}"),
            JsonException { InnerException: null } when error.Message.Contains("cycle", StringComparison.Ordinal) => new PayloadException(
                $"{TypeNames.Of(type)}: the object refers to itself, or is nested more than {MaxDepth} levels deep. "
                + "Send a list of its parts, with indexes in place of references.", error),
            _ => new PayloadException($"{name}: {doing} threw {error.GetType().Name}: {error.Message}", error),
        };
    }

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions
        {
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { ExactContract.Apply } },
            Converters = { new ExactTextConverter(), new ExactUriConverter(), new RawMemberConverterFactory(), new PairsConverterFactory() },
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            IncludeFields = true,
            MaxDepth = MaxDepth,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        };
        foreach (var converter in ExactBytes.Converters)
            options.Converters.Add(converter);
        options.MakeReadOnly();
        return options;
    }
}

/// <summary>The contract of one declared type, analysed once.</summary>
internal static class JsonFormat<T>
{
    private static readonly (JsonTypeInfo<T>? Contract, PayloadException? Refusal) _examined = Examine();

    public static void Encode(T value, IBufferWriter<byte> output)
    {
        var contract = Contract();
        var writer = JsonFormat.RentWriter(output);
        try
        {
            JsonSerializer.Serialize(writer, value, contract);
            writer.Flush();
        }
        catch (Exception error) when (error is not PayloadException)
        {
            // Getters and converters are user code: what they throw is a failure of this value.
            throw JsonFormat.Failed(typeof(T), error, "writing it");
        }
        finally
        {
            JsonFormat.ReturnWriter(writer);
        }
    }

    public static T Decode(ReadOnlySpan<byte> payload)
    {
        var contract = Contract();
        try
        {
            return JsonSerializer.Deserialize(payload, contract)!;
        }
        catch (Exception error) when (error is not PayloadException)
        {
            throw JsonFormat.Failed(typeof(T), error, "reading it");
        }
    }

    /// <exception cref="PayloadException">No value of this type can travel.</exception>
    public static JsonTypeInfo<T> Contract()
    {
        var (contract, refusal) = _examined;
        // A new exception each time: the kept one would collect the stacks of all its throws.
        return contract ?? throw new PayloadException(refusal!.Reason, refusal.InnerException);
    }

    private static (JsonTypeInfo<T>?, PayloadException?) Examine()
    {
        try
        {
            JsonSerializerOptions options = JsonFormat.OptionsFor(typeof(T));
            TravelRules.Check(typeof(T), options);
            return ((JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)), null);
        }
        catch (PayloadException refusal)
        {
            return (null, refusal);
        }
        catch (Exception error)
        {
            // Contradictory attributes and the like; a static initializer must not throw, or its error would hide this one.
            return (null, JsonFormat.Failed(typeof(T), error, "preparing its JSON contract"));
        }
    }
}
