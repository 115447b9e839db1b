using System.Reflection;

namespace ManyHands.Payloads;

/// <summary>
/// Makes an exception of one type from a failure, whole or not at all: constructors are tried with what the failure carries, public setters set what is
/// left, and what was made is taken only if it shows exactly what the original showed.
/// </summary>
/// <remarks>
/// A parameter gets the member of its name, then the message if it is a text, then a member whose name is a part of its name or the other way round, then any
/// member of its type. Which of these was right is seen by the result.
/// </remarks>
internal sealed class ExceptionBuilder
{
    // Constructors are foreign code and may have effects, so they are not tried without end. Nearly all types take one or two.
    private const int MaxAttempts = 24;

    private static readonly object _message = new();

    private readonly RemoteFailure _failure;
    private readonly bool _isBase;
    private readonly Exception[] _inner;
    private readonly FailureTypes _types;
    private readonly ExceptionShape _shape;
    private readonly Dictionary<string, byte[]> _state = [];
    private readonly Dictionary<string, object?> _values = [];
    private int _attempts;

    /// <param name="type">What to make.</param>
    /// <param name="isBase">It stands for a type derived from it, so it may add to a message that already says all there is to say.</param>
    /// <param name="failure">What happened.</param>
    /// <param name="inner">The causes, made already.</param>
    /// <param name="types">That may be made.</param>
    public ExceptionBuilder(Type type, bool isBase, RemoteFailure failure, Exception[] inner, FailureTypes types)
    {
        _failure = failure;
        _isBase = isBase;
        _inner = inner;
        _types = types;
        _shape = ExceptionShape.Of(type);
        foreach (var (name, value) in failure.State)
        {
            if (value is not null)
                _state.TryAdd(name, value);
        }
    }

    /// <summary>The exception, or null where it cannot be made as it was. Throws anything where the failure's data is malformed.</summary>
    public Exception? TryBuild()
    {
        foreach (var member in _shape.Members)
        {
            if (!_state.TryGetValue(member.Name, out byte[]? bytes))
                return null; // lost on its way
            _values[member.Name] = bytes is [FailureValue.Cause] ? Cause : FailureValue.Decode(member.Type, bytes, _types);
        }

        return _shape.Constructors.Select(TryConstructor).FirstOrDefault(made => made is not null);
    }

    private Exception? Cause => _inner.Length > 0 ? _inner[0] : null;

    private Exception? TryConstructor(ConstructorInfo constructor)
    {
        object?[][] choices = [.. constructor.GetParameters().Select(parameter => Choices(parameter).Distinct().ToArray())];
        if (choices.Any(choice => choice.Length == 0))
            return null;

        int[] chosen = new int[choices.Length];
        do
        {
            if (_attempts++ == MaxAttempts)
                return null;
            if (Attempt(constructor, [.. choices.Select((choice, i) => choice[chosen[i]])]) is { } made)
                return made;
        }
        while (Advance(chosen, choices));
        return null;
    }

    // The last parameter changes fastest.
    private static bool Advance(int[] chosen, object?[][] choices)
    {
        for (int i = chosen.Length - 1; i >= 0; i--)
        {
            if (++chosen[i] < choices[i].Length)
                return true;
            chosen[i] = 0;
        }

        return false;
    }

    private List<object?> Choices(ParameterInfo parameter)
    {
        Type type = parameter.ParameterType;
        string name = parameter.Name ?? "";
        object? value;
        if (type.IsAssignableTo(typeof(Exception)))
            return Fits(Cause, type, out value) ? [value] : [];
        if (type != typeof(object) && type.IsAssignableFrom(typeof(Exception[])))
            return [_inner];

        var choices = new List<object?>();
        foreach (var member in _shape.Members.OrderByDescending(member => Likeness(member.Name, name)))
        {
            if (Fits(_values[member.Name], type, out value))
                choices.Add(value);
        }

        if (type == typeof(string))
            choices.Insert(_shape.Members.Count(member => Likeness(member.Name, name) == 2), _message);
        if (parameter.HasDefaultValue)
            choices.Add(parameter.DefaultValue);
        else if (Fits(null, type, out value))
            choices.Add(value);
        return choices;
    }

    private static int Likeness(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase) ? 2
        : one.Contains(other, StringComparison.OrdinalIgnoreCase) || other.Contains(one, StringComparison.OrdinalIgnoreCase) ? 1
        : 0;

    private static bool Fits(object? value, Type type, out object? converted)
    {
        converted = value;
        if (value is null)
            return !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
        if (type.IsInstanceOfType(value))
            return true;

        // A number and the enum that it stands for.
        if (value is Enum && type == Enum.GetUnderlyingType(value.GetType()))
            converted = Convert.ChangeType(value, type, System.Globalization.CultureInfo.InvariantCulture);
        else if (type.IsEnum && value.GetType() == Enum.GetUnderlyingType(type))
            converted = Enum.ToObject(type, value);
        else
            return false;
        return true;
    }

    private Exception? Attempt(ConstructorInfo constructor, object?[] arguments)
    {
        try
        {
            var made = Make(constructor, arguments, _failure.Message);
            if (made.Message != _failure.Message && arguments.Contains(_message) && Bare(made.Message) is { } bare)
                made = Make(constructor, arguments, bare);
            return IsWhole(made) ? made : null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Constructors, setters and getters of exceptions are foreign code. Where they fail, another constructor may do.
            return null;
        }
    }

    private Exception Make(ConstructorInfo constructor, object?[] arguments, string message)
    {
        var made = (Exception)constructor.Invoke([.. arguments.Select(argument => ReferenceEquals(argument, _message) ? message : argument)]);
        FailureRebuilder.Dress(made, _failure, _types);
        foreach (var member in _shape.Members)
        {
            if (member.CanSet && !IsSame(member, made))
                member.Set(made, _values[member.Name]);
        }

        return made;
    }

    // Some types add to the message that they are given, such as " (Parameter 'x')". What they are given must then be without it.
    private string? Bare(string made)
    {
        string message = _failure.Message;
        int at = made.IndexOf(message, StringComparison.Ordinal);
        if (at < 0)
            return null;
        string before = made[..at], after = made[(at + message.Length)..];
        return before.Length + after.Length <= message.Length && message.StartsWith(before, StringComparison.Ordinal) && message.EndsWith(after, StringComparison.Ordinal)
            ? message[before.Length..^after.Length]
            : null;
    }

    private bool IsWhole(Exception made) => (made.Message == _failure.Message || (_isBase && made.Message.StartsWith(_failure.Message, StringComparison.Ordinal)))
        && (made is AggregateException aggregate ? aggregate.InnerExceptions.SequenceEqual(_inner) : ReferenceEquals(made.InnerException, Cause))
        && _shape.Members.All(member => IsSame(member, made));

    private bool IsSame(ExceptionMember member, Exception made) => member.TryCapture(made) is { } bytes && bytes.AsSpan().SequenceEqual(_state[member.Name]);
}
