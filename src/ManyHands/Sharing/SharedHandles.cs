using System.Text.Json;
using System.Text.Json.Serialization;
using ManyHands.Payloads;

namespace ManyHands.Sharing;

/// <summary>What stands for a segment and can be found again by its address.</summary>
internal interface ISharedHandle<TSelf> where TSelf : ISharedHandle<TSelf>
{
    SegmentAddress Address { get; }

    /// <summary>It was made here, and not received.</summary>
    bool IsOwner { get; }

    /// <summary>What was received: the same segment, to be used here.</summary>
    static abstract TSelf Open(SharedSegment segment);
}

/// <summary>Makes handles travel: alone, or as a part of whatever a task is given.</summary>
internal sealed class SharedHandles : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        Array.Exists(typeToConvert.GetInterfaces(), type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ISharedHandle<>));

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert))!;

    private sealed class Converter<T> : JsonConverter<T> where T : ISharedHandle<T>
    {
        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            Span<long> fields = stackalloc long[5];
            for (int i = 0; i < fields.Length && reader.Read(); i++)
                fields[i] = reader.GetInt64();
            reader.Read();
            return T.Open(OpenSegments.Find(new SegmentAddress((int)fields[0], (int)fields[1], fields[2], fields[3], fields[4] != 0)));
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            if (value.IsOwner && Payload.IsResult)
            {
                throw new RefusedValueException(
                    "it was made in the worker, and its memory would end with that. Make it where the task is submitted, and pass it in.");
            }

            if (value.IsOwner)
                Payload.Accompany(value); // a caller may hold nothing but the task
            SegmentAddress address = value.Address;
            writer.WriteStartArray();
            writer.WriteNumberValue(address.Pid);
            writer.WriteNumberValue(address.Descriptor);
            writer.WriteNumberValue(address.Length);
            writer.WriteNumberValue(address.Id);
            writer.WriteNumberValue(address.IsReadOnly ? 1 : 0);
            writer.WriteEndArray();
        }
    }
}
