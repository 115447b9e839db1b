using System.Globalization;
using static ManyHands.Lab.Reports.Quantity;

namespace ManyHands.Lab.Reports.Plots;

/// <summary>Writes one SVG. Everything looks as the classes of <see cref="PlotStyle"/> say, so that it follows the page it lies in.</summary>
/// <param name="name">Name of the file, without its ending; unique among the plots of a report.</param>
/// <param name="title">What it shows, for people who cannot see it.</param>
/// <param name="source">The experiment, written below the plot where it stands alone.</param>
internal sealed class Drawing(string name, string title, string source)
{
    /// <summary>Width of all plots: that of a phone, so that letters are drawn at about their own size there.</summary>
    public const double Width = 360;

    private const double Margin = 14;
    private const double SourceHeight = 20;
    private readonly StringWriter _content = new(CultureInfo.InvariantCulture);

    public string Name => name;

    public string Title => title;

    /// <summary>What the figures say, in words.</summary>
    public string Description { get; set; } = "";

    /// <summary>Height without the line that names the experiment.</summary>
    public double Height { get; set; }

    public static double TextWidth(string text, double size = 13) => text.Length * size * 0.56;

    /// <summary>As much of a text as fits.</summary>
    public static string Fitting(string text, double width, double size = 13)
    {
        int most = Math.Max(1, (int)(width / (size * 0.56)));
        return text.Length <= most ? text : text[..(most - 1)].TrimEnd() + "…";
    }

    public void Line(double x1, double y1, double x2, double y2, string look) =>
        _content.Write($"""<line x1="{Place(x1)}" y1="{Place(y1)}" x2="{Place(x2)}" y2="{Place(y2)}" class="{look}"/>""");

    public void Path(string steps, string look, string? tip = null) => Add("path", $"""d="{steps}" """, look, tip);

    public void Lines(IEnumerable<(double X, double Y)> points, string look, string dash = "")
    {
        string places = string.Join(' ', points.Select(point => $"{Place(point.X)},{Place(point.Y)}"));
        _content.Write($"""<polyline points="{places}" class="{look}"{(dash.Length == 0 ? "" : $" stroke-dasharray=\"{dash}\"")}/>""");
    }

    public void Box(double x, double y, double width, double height, string look, string? tip = null) =>
        Add("rect", $"""x="{Place(x)}" y="{Place(y)}" width="{Place(Math.Max(0, width))}" height="{Place(height)}" """, look, tip);

    public void Text(double x, double y, string text, string look = "text") =>
        _content.Write($"""<text x="{Place(x)}" y="{Place(y)}" class="{look}">{Markup.Encode(text)}</text>""");

    /// <summary>A label below or above a place, moved as far as it must be to stay on the picture.</summary>
    public void Label(double x, double y, string text)
    {
        double half = TextWidth(text, 11.5) / 2;
        Text(half < Width / 2 ? Math.Clamp(x, half, Width - half) : Width / 2, y, text, "small-middle");
    }

    /// <summary>A label that runs upwards, for a vertical axis.</summary>
    public void TextUpwards(double x, double y, string text, string look) => _content.Write(
        $"""<text transform="translate({Place(x)} {Place(y)}) rotate(-90)" class="{look}">{Markup.Encode(text)}</text>""");

    public void Heading(string text) => Text(0, 14, Fitting(text, Width, 14.5), "head");

    /// <summary>The whole picture.</summary>
    /// <param name="standsAlone">It is a file of its own, and brings its style and a margin; else it lies in a page, which has both and hides the source.</param>
    public string ToSvg(bool standsAlone)
    {
        double margin = standsAlone ? Margin : 0, width = Width + (2 * margin), height = Height + (2 * margin) + (standsAlone ? SourceHeight : 0);
        var svg = new StringWriter(CultureInfo.InvariantCulture);
        svg.Write(standsAlone ? $"""<svg xmlns="http://www.w3.org/2000/svg" width="{Place(2 * width)}" height="{Place(2 * height)}" """ : "<svg ");
        svg.Write($"""viewBox="{Place(-margin)} {Place(-margin)} {Place(width)} {Place(height)}" class="plot" role="img" """);
        svg.Write($"""aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{Markup.Encode(title)}</title>""");
        svg.Write($"""<desc id="{name}-desc">{Markup.Encode(Description)}</desc>""");
        if (standsAlone)
            svg.Write($"<style>{PlotStyle.Light}{PlotStyle.Dark}</style>");
        svg.Write($"""<rect x="{Place(-margin)}" y="{Place(-margin)}" width="{Place(width)}" height="{Place(height)}" class="paper"/>{_content}""");
        svg.Write($"""<text x="0" y="{Place(Height + SourceHeight - 4)}" class="small source">{Markup.Encode(Fitting(source, Width, 11.5))}</text></svg>""");
        return svg.ToString();
    }

    private void Add(string element, string attributes, string look, string? tip)
    {
        _content.Write($"<{element} {attributes}class=\"{look}\"");
        _content.Write(tip is null ? "/>" : $"><title>{Markup.Encode(tip)}</title></{element}>");
    }
}
