using System.Globalization;

namespace ManyHands;

/// <summary>What of the caller's surroundings travels with its work to another process: the two cultures.</summary>
internal sealed record CallContext(string Culture, string UICulture)
{
    [ThreadStatic]
    private static (CultureInfo Culture, CultureInfo UICulture, CallContext Context)? _last;

    /// <summary>The caller's context; cheap while the cultures stay the same.</summary>
    public static CallContext Capture()
    {
        CultureInfo culture = CultureInfo.CurrentCulture, uiCulture = CultureInfo.CurrentUICulture;
        if (_last is { } last && ReferenceEquals(last.Culture, culture) && ReferenceEquals(last.UICulture, uiCulture))
            return last.Context;

        var context = new CallContext(culture.Name, uiCulture.Name);
        _last = (culture, uiCulture, context);
        return context;
    }

    /// <summary>Makes this the current thread's context, whatever the process's default cultures are or will be.</summary>
    public void Apply()
    {
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(Culture);
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(UICulture);
    }
}
