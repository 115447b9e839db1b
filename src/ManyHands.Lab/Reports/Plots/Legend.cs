namespace ManyHands.Lab.Reports.Plots;

/// <summary>What the lines of a plot stand for: as many beside one another as fit.</summary>
internal static class Legend
{
    private const double RowHeight = 19;
    private const double SampleWidth = 26;
    private const double Gap = 16;

    /// <summary>Draws it.</summary>
    /// <param name="drawing">The plot.</param>
    /// <param name="top">Where it begins.</param>
    /// <param name="lines">Look and text of each line.</param>
    /// <param name="hasIdeal">There is a line of the ideal speed-up. Where not, its entry stays free, so that plots beside one another are equally high.</param>
    /// <returns>Where it ends.</returns>
    public static double Draw(Drawing drawing, double top, IReadOnlyList<(Look Look, string Text)> lines, bool hasIdeal)
    {
        double x = 0, y = top + (RowHeight / 2);
        foreach ((Look look, string text) in lines)
        {
            string fitting = Next(text);
            drawing.Lines([(x, y), (x + SampleWidth, y)], $"line{look.Colour}", look.Dash);
            look.DrawMarker(drawing, x + (SampleWidth / 2), y);
            drawing.Text(x + SampleWidth + 6, y + 4.5, fitting);
            Advance(fitting);
        }

        string last = Next("ideal");
        if (hasIdeal)
        {
            drawing.Line(x, y, x + SampleWidth, y, "ideal");
            drawing.Text(x + SampleWidth + 6, y + 4.5, last);
        }

        return y + (RowHeight / 2);

        // The text as it fits, in a new row where it does not fit into this one.
        string Next(string text)
        {
            string fitting = Drawing.Fitting(text, Drawing.Width - SampleWidth - 6);
            if (x > 0 && x + SampleWidth + 6 + Drawing.TextWidth(fitting) > Drawing.Width)
                (x, y) = (0, y + RowHeight);
            return fitting;
        }

        void Advance(string text) => x += SampleWidth + 6 + Drawing.TextWidth(text) + Gap;
    }
}
