using System.Globalization;
using System.Text;

namespace ManyHands.Cli.Rendering;

/// <summary>
/// Text measured as terminals show it: letters of East Asia and pictures take two cells, combining marks none. The wide ones are those whose
/// East_Asian_Width is W or F in Unicode's EastAsianWidth.txt (version 16), unassigned ones between them included.
/// </summary>
internal static class Cells
{
    private const char Ellipsis = '…';

    private static readonly (int First, int Last)[] _wide =
    [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x2329, 0x232A), (0x23E9, 0x23EC), (0x23F0, 0x23F0), (0x23F3, 0x23F3), (0x25FD, 0x25FE), (0x2614, 0x2615),
        (0x2630, 0x2637), (0x2648, 0x2653), (0x267F, 0x267F), (0x268A, 0x268F), (0x2693, 0x2693), (0x26A1, 0x26A1), (0x26AA, 0x26AB), (0x26BD, 0x26BE),
        (0x26C4, 0x26C5), (0x26CE, 0x26CE), (0x26D4, 0x26D4), (0x26EA, 0x26EA), (0x26F2, 0x26F3), (0x26F5, 0x26F5), (0x26FA, 0x26FA), (0x26FD, 0x26FD),
        (0x2705, 0x2705), (0x270A, 0x270B), (0x2728, 0x2728), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797),
        (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x2E80, 0x303E), (0x3041, 0x3247), (0x3250, 0xA4CF),
        (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE10, 0xFE19), (0xFE30, 0xFE6F), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6), (0x16FE0, 0x18DFF),
        (0x1AFF0, 0x1B2FF), (0x1D300, 0x1D376), (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF), (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F200, 0x1F320),
        (0x1F32D, 0x1F335), (0x1F337, 0x1F37C), (0x1F37E, 0x1F393), (0x1F3A0, 0x1F3CA), (0x1F3CF, 0x1F3D3), (0x1F3E0, 0x1F3F0), (0x1F3F4, 0x1F3F4),
        (0x1F3F8, 0x1F43E), (0x1F440, 0x1F440), (0x1F442, 0x1F4FC), (0x1F4FF, 0x1F53D), (0x1F54B, 0x1F54E), (0x1F550, 0x1F567), (0x1F57A, 0x1F57A),
        (0x1F595, 0x1F596), (0x1F5A4, 0x1F5A4), (0x1F5FB, 0x1F64F), (0x1F680, 0x1F6C5), (0x1F6CC, 0x1F6CC), (0x1F6D0, 0x1F6D2), (0x1F6D5, 0x1F6D7),
        (0x1F6DC, 0x1F6DF), (0x1F6EB, 0x1F6EC), (0x1F6F4, 0x1F6FC), (0x1F7E0, 0x1F7EB), (0x1F7F0, 0x1F7F0), (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945),
        (0x1F947, 0x1F9FF), (0x1FA70, 0x1FAFF), (0x20000, 0x3FFFD),
    ];

    /// <summary>The cells that a text takes.</summary>
    public static int Width(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
            width += Width(rune);
        return width;
    }

    /// <summary>The text, filled up with spaces to a number of cells.</summary>
    public static string Pad(string text, int width) => text + new string(' ', Math.Max(0, width - Width(text)));

    /// <summary>The text, with spaces before it up to a number of cells.</summary>
    public static string PadLeft(string text, int width) => new string(' ', Math.Max(0, width - Width(text))) + text;

    /// <summary>The beginning of a text that takes no more than a number of cells, with … where something is missing.</summary>
    public static string Cut(string text, int most)
    {
        if (Width(text) <= most)
            return text;
        var kept = new StringBuilder();
        int width = 1;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if ((width += Width(rune)) > most)
                break;
            kept.Append(rune);
        }

        return most < 1 ? "" : kept.Append(Ellipsis).ToString();
    }

    /// <summary>The end of a text that takes no more than a number of cells, with … where something is missing: what tells paths apart is their end.</summary>
    public static string CutStart(string text, int most)
    {
        int missing = Width(text) - most + 1;
        if (missing <= 1)
            return text;
        int from = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            // A mark goes with the letter that it belongs to.
            if (missing <= 0 && Width(rune) > 0)
                break;
            missing -= Width(rune);
            from += rune.Utf16SequenceLength;
        }

        return most < 1 ? "" : Ellipsis + text[from..];
    }

    /// <summary>Lines of no more than a number of cells, broken between words; a longer word has a line of its own.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        var line = new StringBuilder();
        int used = 0;
        foreach (string word in text.Split(' '))
        {
            int cells = Width(word);
            if (used > 0 && used + 1 + cells > width)
            {
                yield return line.ToString();
                line.Clear();
                used = 0;
            }

            if (used > 0)
                line.Append(' ');
            line.Append(word);
            used += cells + (used > 0 ? 1 : 0);
        }

        yield return line.ToString();
    }

    private static int Width(Rune rune)
    {
        if (rune.IsAscii)
            return 1;

        // The second and third letters of a Korean syllable that is written in parts join the first.
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.Control
            || rune.Value is >= 0x1160 and <= 0x11FF)
        {
            return 0;
        }

        int low = 0, high = _wide.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (rune.Value < _wide[middle].First)
                high = middle - 1;
            else if (rune.Value > _wide[middle].Last)
                low = middle + 1;
            else
                return 2;
        }

        return 1;
    }
}
