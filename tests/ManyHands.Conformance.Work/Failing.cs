using System.Text.Json;
using System.Text.Json.Serialization;

namespace ManyHands.Conformance.Work;

/// <summary>Work that throws, and values that do not travel.</summary>
public static class Failing
{
    public static int Throw(string message) => throw new InvalidOperationException(message);

    public static int ThrowArgument(string name) => throw new ArgumentException("It is wrong.", name);

    public static int ThrowOwn(string message) => throw new OwnException(message);

    public static int ThrowStrange(int code) => throw new StrangeException(code, "strange");

    public static int ThrowCancelled(string message) => throw new OperationCanceledException(message);

    public static int ThrowHuge(int length) => throw new InvalidOperationException(new string('x', length));

    public static async Task<int> ThrowAsync(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public static int ThrowOn(int number) => number == 13 ? throw new InvalidOperationException("Thirteen.") : number;

    public static string[] ReturnHalfACharacter(int ignored) => [$"{ignored}", "half of a pair: \ud83d."];

    public static IReadOnlyList<int> ReturnAnotherType(int number) => Array.AsReadOnly([number]);

    public static int Take(Explosive explosive) => explosive.Value;

    public static Explosive Give(int value) => new(value);

    public static void FailToStart(string reason) => throw new InvalidOperationException(reason);

    /// <summary>Fails as long as the file is there.</summary>
    public static void FailToStartWhile(string file)
    {
        if (File.Exists(file))
            throw new IOException("no space left, for now");
    }
}

public sealed class OwnException(string message) : Exception(message);

/// <summary>No constructor that a stranger could call.</summary>
public sealed class StrangeException : Exception
{
    internal StrangeException(int code, string text) : base($"{text} {code}") => Code = code;

    public int Code { get; }
}

/// <summary>Throws where it is decoded with the value 666: in a worker as an argument, in the parent as a result.</summary>
[JsonConverter(typeof(Converter))]
public sealed record Explosive(int Value)
{
    private sealed class Converter : JsonConverter<Explosive>
    {
        public override Explosive Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetInt32() is var value and not 666 ? new Explosive(value) : throw new InvalidOperationException("Boom.");

        public override void Write(Utf8JsonWriter writer, Explosive value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}
