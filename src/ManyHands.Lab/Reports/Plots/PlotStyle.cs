using System.Globalization;

namespace ManyHands.Lab.Reports.Plots;

/// <summary>
/// The look of all plots, once for a page and once in each plot that stands alone. Each colour is said twice, as itself and as a variable: programs that
/// show pictures but know no variables take the first.
/// </summary>
internal static class PlotStyle
{
    /// <summary>Colours that there are.</summary>
    public const int Colours = 7;

    // After Okabe and Ito, Color Universal Design (2008): told apart by people of all kinds of colour vision. Darker on white, lighter on black, so that
    // lines have a contrast of at least 3 to 1. The first is that of the baseline.
    private static readonly string[] _light = ["#4d5561", "#0072b2", "#b87400", "#008862", "#d04a00", "#b0508f", "#5a6fd0"];
    private static readonly string[] _dark = ["#b3bac4", "#56b4e9", "#f0b429", "#2cc295", "#ff8b52", "#e39ac8", "#9aa9ff"];

    /// <summary>The look on white.</summary>
    public static string Light { get; } = Rules();

    /// <summary>The same on black, where the reader wants it. On paper it stays white.</summary>
    public static string Dark { get; } =
        $"@media screen and (prefers-color-scheme:dark){{.plot{{{Variables("#14181d", "#e8ebee", "#a3acb7", "#333b45", "#ff7b72", _dark)}}}}}";

    private static string Rules()
    {
        var css = new StringWriter(CultureInfo.InvariantCulture);
        css.Write($".plot{{{Variables("#ffffff", "#1b2027", "#5b6470", "#dde1e6", "#c01c28", _light)}}}");
        css.Write(".plot text{font:13px system-ui,-apple-system,'Segoe UI',Roboto,'Liberation Sans',Arial,sans-serif}");
        css.Write(Fill(".plot .text,.plot .head,.plot .end", "ink", "#1b2027"));
        // Names of bars lie on the lines of the grid, which must not strike them through.
        css.Write(Stroke(".plot .text,.plot .end,.plot .bad-end", "paper", "#ffffff"));
        css.Write(".plot .text,.plot .end,.plot .bad-end{paint-order:stroke;stroke-width:3px;stroke-linejoin:round}");
        css.Write(".plot .head{font-size:14.5px;font-weight:600}.plot .end,.plot .small-end{text-anchor:end}.plot .small-middle{text-anchor:middle}");
        css.Write(Fill(".plot .small,.plot .small-end,.plot .small-middle", "faint", "#5b6470"));
        css.Write(".plot .small,.plot .small-end,.plot .small-middle{font-size:11.5px}");
        css.Write(Fill(".plot .bad-end", "bad", "#c01c28"));
        css.Write(".plot .bad-end{font-weight:600;text-anchor:end}");
        css.Write(Fill(".plot .paper", "paper", "#ffffff"));
        css.Write(Stroke(".plot .grid", "grid", "#dde1e6"));
        css.Write(Stroke(".plot .axis", "faint", "#5b6470"));
        css.Write(Stroke(".plot .mark", "faint", "#5b6470"));
        css.Write(".plot .mark{stroke-dasharray:2 3}");
        css.Write(Stroke(".plot .ideal", "faint", "#5b6470"));
        css.Write(".plot .ideal{stroke-dasharray:6 4;stroke-width:1.2;fill:none}");
        css.Write(Stroke(".plot .spread", "ink", "#1b2027"));
        css.Write(".plot .spread{stroke-width:1.3}");
        for (int i = 0; i < Colours; i++)
        {
            string colour = string.Create(CultureInfo.InvariantCulture, $"c{i}");
            css.Write(Stroke($".plot .line{i},.plot .whisker{i},.plot .hollow{i}", colour, _light[i]));
            css.Write(Fill($".plot .fill{i},.plot .dot{i}", colour, _light[i]));
            css.Write(Fill($".plot .hollow{i}", "paper", "#ffffff"));
            css.Write(Stroke($".plot .fill{i},.plot .dot{i}", "paper", "#ffffff"));
            css.Write(Stroke($".plot .wrong{i}", colour, _light[i]));
            css.Write(Fill($".plot .wrong{i}", "paper", "#ffffff"));
            css.Write($".plot .line{i}{{fill:none;stroke-width:2;stroke-linejoin:round}}.plot .whisker{i}{{stroke-width:1.3}}.plot .hollow{i}{{stroke-width:1.2}}");
            css.Write($".plot .fill{i}{{stroke-width:.6}}.plot .dot{i}{{stroke-width:1}}.plot .wrong{i}{{stroke-width:1.2;stroke-dasharray:3 2}}");
        }

        return css.ToString();
    }

    private static string Variables(string paper, string ink, string faint, string grid, string bad, string[] colours) =>
        $"--paper:{paper};--ink:{ink};--faint:{faint};--grid:{grid};--bad:{bad};"
        + string.Concat(colours.Select((colour, i) => string.Create(CultureInfo.InvariantCulture, $"--c{i}:{colour};")));

    private static string Fill(string selector, string variable, string colour) => $"{selector}{{fill:{colour};fill:var(--{variable},{colour})}}";

    private static string Stroke(string selector, string variable, string colour) => $"{selector}{{stroke:{colour};stroke:var(--{variable},{colour})}}";
}
