using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ManyHands.Payloads;

/// <summary>Types that mean something only in their own process, with what to send instead.</summary>
internal static class ForbiddenTypes
{
    private const string Cancellation =
        "cancellation does not travel in a value. Let the work take a CancellationToken as its last parameter.";

    private static readonly (Type Type, string Reason)[] _families =
    [
        (typeof(Delegate), "a delegate cannot travel. Submit the method as the work and send it only data."),
        (typeof(Expression), "an expression tree cannot travel. Submit a method as the work and send it only data."),
        (typeof(Task), "a task cannot travel. Await it first and send its result."),
        (typeof(Exception), "an exception cannot travel as a value. Throw it, or send its message."),
        (typeof(MemberInfo), "reflection objects cannot travel. Send a name or an enum and look the type up in the work."),
        (typeof(Assembly), "reflection objects cannot travel. Send a name."),
        (typeof(Module), "reflection objects cannot travel. Send a name."),
        (typeof(Stream), "a stream cannot travel. Send its bytes, or the path of a file."),
        (typeof(TextReader), "a reader cannot travel. Send its text, or the path of a file."),
        (typeof(TextWriter), "a writer cannot travel. Return the text as the result."),
        (typeof(SafeHandle), "an operating system handle means nothing in another process. Send the path or name and open it there."),
        (typeof(WaitHandle), "a wait handle cannot travel. Await it before submitting."),
        (typeof(Thread), "a thread cannot travel."),
        (typeof(CancellationTokenSource), Cancellation),
        (typeof(JsonNode), "a JSON tree would arrive in another form. Send a JsonElement or the text."),
        (typeof(JsonDocument), "a JSON document is a pooled resource. Send its RootElement or the text."),
    ];

    private static readonly Dictionary<Type, string> _definitions = new()
    {
        [typeof(object)] = "its declared type is object, so nobody knows what would arrive. Declare the real type.",
        [typeof(ValueType)] = "its declared type is ValueType, so nobody knows what would arrive. Declare the real type.",
        [typeof(Enum)] = "its declared type is Enum, so nobody knows what would arrive. Declare the real type.",
        [typeof(Array)] = "its declared type is Array, so nobody knows what would arrive. Declare the real type.",
        [typeof(CancellationToken)] = Cancellation,
        [typeof(ValueTask)] = "a task cannot travel. Await it first and send its result.",
        [typeof(ValueTask<>)] = "a task cannot travel. Await it first and send its result.",
        [typeof(IAsyncEnumerable<>)] = "an asynchronous sequence cannot travel. Read it into a list, or use MapAsync over it.",
        [typeof(Lazy<>)] = "a lazy value cannot travel. Send its Value.",
    };

    /// <summary>Why no value of this type can travel, or null.</summary>
    public static string? Reason(Type type)
    {
        if (RawLayout.IsUnmanaged(type) && RawLayout.FindAddress(type) is { } address)
        {
            return $"{(address.Length == 0 ? "it" : address[1..])} is a pointer or handle, which means nothing in another process. "
                + "Send what it points to.";
        }

        if (_definitions.TryGetValue(type.IsGenericType ? type.GetGenericTypeDefinition() : type, out string? reason))
            return reason;
        return _families.FirstOrDefault(family => family.Type.IsAssignableFrom(type)).Reason;
    }
}
