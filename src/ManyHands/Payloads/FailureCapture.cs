using System.Collections;
using System.Globalization;

namespace ManyHands.Payloads;

/// <summary>Turns an exception into data. Its members are foreign code and may throw, and its texts and chains may have any size.</summary>
internal sealed class FailureCapture
{
    public const int MaxDepth = 16;
    public const int MaxFailures = 128;

    /// <summary>Base types of one exception.</summary>
    public const int MaxTypes = 32;

    /// <summary>Members of one exception, and entries of its data.</summary>
    public const int MaxMembers = 64;

    public const int MaxDetails = 1024;

    private const int MaxText = 32 * 1024;
    private const int MaxState = 256 * 1024; // of one exception
    private const int LongestNumber = 20; // among the details; they are never cut
    private const int MaxInAll = FailureFormat.MaxLength / 4;

    private int _failures;
    private long _bytes;

    public RemoteFailure Capture(Exception error, int depth)
    {
        _failures++;
        var type = error.GetType();
        long before = _bytes;
        return new RemoteFailure
        {
            TypeName = type.FullName ?? type.Name,
            Types = Types(type),
            Message = Text(() => error.Message, "message") ?? "",
            StackTrace = Text(() => error.StackTrace, "stack trace"),
            HResult = error.HResult,
            Source = Text(() => error.Source, "source"),
            HelpLink = Text(() => error.HelpLink, "help link"),
            State = State(error, type, before),
            Data = Data(error, before),
            Details = Details(error),
            Inner = [.. CaptureInner(error, depth + 1)],
        };
    }

    private static List<FailureType> Types(Type type)
    {
        var types = new List<FailureType>();
        for (Type? level = type; level is not null && level != typeof(Exception) && types.Count < MaxTypes; level = level.BaseType)
            types.Add(FailureType.Of(level));
        if (types.Count == 0)
            types.Add(FailureType.Of(type)); // nothing more than an Exception
        return types;
    }

    // What is left out here is missing where it arrives, so the type is not rebuilt as if it were whole.
    private List<(string Name, byte[]? Value)> State(Exception error, Type type, long before)
    {
        var state = new List<(string, byte[]?)>();
        if (type.Assembly == typeof(RemoteFailure).Assembly)
            return state; // see FailureDetails
        foreach (var member in ExceptionShape.Of(type).Members.Take(MaxMembers))
        {
            byte[]? value = _bytes - before < MaxState ? member.TryCapture(error) : null;
            _bytes += value?.Length ?? 0;
            state.Add((member.Name, value));
        }

        return state;
    }

    private List<(byte[] Key, byte[] Value)> Data(Exception error, long before)
    {
        var data = new List<(byte[], byte[])>();
        try
        {
            foreach (DictionaryEntry entry in error.Data)
            {
                byte[] key = Loose(entry.Key), value = Loose(entry.Value);
                _bytes += key.Length + value.Length;
                if (data.Count == MaxMembers - 1 || _bytes - before > MaxState)
                {
                    data.Add((Loose("ManyHands.Cut"), Loose("More entries were cut.")));
                    break;
                }

                data.Add((key, value));
            }
        }
        catch (Exception)
        {
            // The dictionary is foreign code, or is being changed. It is an extra; the failure itself must arrive.
        }

        return data;
    }

    // Nothing is left out in silence: what cannot travel arrives as its text, and says so.
    private static byte[] Loose(object? value) =>
        FailureValue.TryEncode(typeof(object), value)
        ?? FailureValue.TryEncode(typeof(object), $"({TypeNames.Of(value!.GetType())}, which does not travel) {Cut(TextOf(value.ToString, "text"), 4096)}")!;

    private IEnumerable<RemoteFailure> CaptureInner(Exception error, int depth)
    {
        IReadOnlyList<Exception> inner = error switch
        {
            AggregateException aggregate => aggregate.InnerExceptions,
            MapFailedException map => [.. map.Failures.Select(failure => failure.Error)],
            { InnerException: { } single } => [single],
            _ => [],
        };
        foreach (var exception in inner)
        {
            if (depth >= MaxDepth || _failures >= MaxFailures || _bytes > MaxInAll)
            {
                yield return MoreWereCut();
                yield break;
            }

            yield return Capture(exception, depth);
        }
    }

    private static RemoteFailure MoreWereCut() => new()
    {
        TypeName = typeof(RemoteTaskException).FullName!,
        Message = $"More inner exceptions were cut: at most {MaxDepth} levels and {MaxFailures} in all are kept.",
    };

    private List<string?> Details(Exception error)
    {
        try
        {
            var details = new List<string?>();
            int left = MaxState / sizeof(char);
            foreach (string? text in FailureDetails.Of(error).Take(MaxDetails))
            {
                string? detail = Cut(text, Math.Clamp(left, LongestNumber, MaxText));
                details.Add(detail);
                left -= detail?.Length ?? 0;
            }

            _bytes += details.Sum(detail => (detail?.Length ?? 0) * sizeof(char));
            return details;
        }
        catch (Exception)
        {
            // A getter of the exception threw. Its details are extras; the failure itself must arrive.
            return [];
        }
    }

    private string? Text(Func<string?> read, string what)
    {
        string? text = TextOf(read, what);
        _bytes += Math.Min(text?.Length ?? 0, MaxText) * sizeof(char);
        return text is null || text.Length <= MaxText
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, MaxText)} … (cut: the {what} has {text.Length:N0} characters)");
    }

    private static string? TextOf(Func<string?> read, string what)
    {
        try
        {
            return read();
        }
        catch (Exception error)
        {
            // The text is produced by foreign code, and saying so is all that can be done about it.
            return $"(reading the {what} threw {error.GetType().Name})";
        }
    }

    private static string? Cut(string? text, int length) => text is null || text.Length <= length ? text : text[..length] + " … (cut)";
}
