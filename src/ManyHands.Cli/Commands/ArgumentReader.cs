using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ManyHands.Cli.Commands;

/// <summary>
/// Walks along a command line: `--name value`, `--name=value`, `-n value`, `-nvalue`, `--` before words that begin with a dash. An option parser from
/// a package was measured and costs 14 ms of the 35 ms that the whole start takes.
/// </summary>
internal sealed class ArgumentReader(string verb, IReadOnlyList<string> arguments)
{
    private int _next;
    private string? _attached;
    private bool _onlyWords;

    /// <summary>The option or word that <see cref="Read"/> found.</summary>
    public string Current { get; private set; } = "";

    /// <summary>Whether <see cref="Current"/> is an option.</summary>
    public bool IsOption { get; private set; }

    /// <summary>Words that have been read, values of options included.</summary>
    public int Position => _next;

    /// <summary>Moves on. False at the end.</summary>
    public bool Read()
    {
        if (_attached is not null)
            throw new UsageException($"{verb}: the option {Current} takes no value.");
        if (_next == arguments.Count)
            return false;

        string word = arguments[_next++];
        if (word == "--" && !_onlyWords)
        {
            _onlyWords = true;
            return Read();
        }

        IsOption = !_onlyWords && word.Length > 1 && word[0] == '-';
        (Current, _attached) = IsOption ? Split(word) : (word, null);
        return true;
    }

    /// <summary>The value of the current option.</summary>
    public string Value()
    {
        string? value = _attached;
        _attached = null;
        if (value is null && _next < arguments.Count)
            value = arguments[_next++];
        return string.IsNullOrEmpty(value) ? throw new UsageException($"{verb}: the option {Current} needs a value.") : value;
    }

    /// <summary>The value of the current option as a number of at least <paramref name="least"/>.</summary>
    public int Number(int least)
    {
        string text = Value();
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least
            ? number
            : throw new UsageException($"{verb}: {Current} wants a whole number of at least {least}, not '{text}'.");
    }

    /// <summary>The value of the current option as a time: `90`, `90s`, `2m`, `500ms`.</summary>
    public TimeSpan Time()
    {
        string text = Value();
        (string digits, double unit) = text switch
        {
            _ when text.EndsWith("ms", StringComparison.Ordinal) => (text[..^2], 0.001),
            _ when text.EndsWith('s') => (text[..^1], 1),
            _ when text.EndsWith('m') => (text[..^1], 60),
            _ when text.EndsWith('h') => (text[..^1], 3600),
            _ => (text, 1.0),
        };
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)
            && number * unit is > 0 and <= 1_000_000 and var seconds
                ? TimeSpan.FromSeconds(seconds)
                : throw new UsageException($"{verb}: {Current} wants a time such as 90s, 2m or 500ms, not '{text}'.");
    }

    /// <summary>Refuses the current option.</summary>
    [DoesNotReturn]
    public void Refuse() => throw new UsageException($"{verb}: there is no option '{Current}'; '{verb} --help' lists them.");

    private static (string Option, string? Attached) Split(string word)
    {
        if (!word.StartsWith("--", StringComparison.Ordinal))
            return word.Length > 2 ? (word[..2], word[2..]) : (word, null);
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }
}
