using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace ManyHands.Lab.Reports;

/// <summary>Text in HTML and SVG.</summary>
internal static class Markup
{
    // The page says that it is UTF-8: letters of all languages stay as they are, only what has a meaning in markup is replaced.
    private static readonly HtmlEncoder _encoder = HtmlEncoder.Create(UnicodeRanges.All);

    public static string Encode(string text) => _encoder.Encode(text);

    /// <summary>A text as a part of names of files and of identifiers: small letters, digits and hyphens only.</summary>
    public static string Slug(string text)
    {
        string[] words = string.Concat(text.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : ' '))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == 0 ? "x" : string.Join('-', words);
    }
}
