using System.Globalization;

namespace ManyHands.Payloads;

/// <summary>Turns an exception into data. Its members are foreign code and may throw, and its texts and chains may have any size.</summary>
internal sealed class FailureCapture
{
    private const int MaxText = 32 * 1024;
    private const int MaxDepth = 16;
    private const int MaxFailures = 128;

    private int _failures;

    public RemoteFailure Capture(Exception error, int depth)
    {
        _failures++;
        var type = error.GetType();
        return new RemoteFailure
        {
            TypeName = type.FullName ?? type.Name,
            AssemblyName = type.Assembly.FullName ?? "",
            Message = Text(() => error.Message, "message") ?? "",
            StackTrace = Text(() => error.StackTrace, "stack trace"),
            HResult = error.HResult,
            Details = Details(error),
            Inner = [.. CaptureInner(error, depth + 1)],
        };
    }

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
            if (depth >= MaxDepth || _failures >= MaxFailures)
            {
                yield return Cut();
                yield break;
            }

            yield return Capture(exception, depth);
        }
    }

    private static RemoteFailure Cut() => new()
    {
        TypeName = typeof(RemoteTaskException).FullName!,
        AssemblyName = "",
        Message = $"More inner exceptions were cut: at most {MaxDepth} levels and {MaxFailures} in all are kept.",
    };

    private static List<string?> Details(Exception error)
    {
        try
        {
            return FailureDetails.Of(error);
        }
        catch (Exception)
        {
            // A getter of the exception threw. Its details are extras; the failure itself must arrive.
            return [];
        }
    }

    private static string? Text(Func<string?> read, string what)
    {
        string? text;
        try
        {
            text = read();
        }
        catch (Exception error)
        {
            // The text is produced by foreign code, and saying so is all that can be done about it.
            return $"(reading the {what} threw {error.GetType().Name})";
        }

        return text is null || text.Length <= MaxText
            ? text
            : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, MaxText)} … (cut: the {what} has {text.Length:N0} characters)");
    }
}
