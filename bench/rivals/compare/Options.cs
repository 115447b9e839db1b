using System.Globalization;

namespace ManyHands.Rivals.Compare;

/// <summary>What run.sh was asked for; its head describes them.</summary>
internal sealed record Options
{
    public const string Usage = "run.sh [ROUNDS] [--only PATTERN] [--quick] [--markdown] [--into FILE] [--as-is]";

    public int Rounds { get; private set; } = 5;

    public string Only { get; private set; } = "";

    public bool Quick { get; private set; }

    public bool Markdown { get; private set; }

    /// <summary>A Markdown file whose marked part gets the table; null for none.</summary>
    public string? Into { get; private set; }

    public string Folder { get; private set; } = ".";

    public string Python { get; private set; } = "python3";

    public string Build { get; private set; } = "";

    /// <exception cref="FormatException">The arguments are wrong; the message says which.</exception>
    public static Options Parse(string[] arguments)
    {
        var options = new Options();
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out string? argument))
        {
            string Value() => rest.TryDequeue(out string? value) ? value : throw new FormatException($"'{argument}' needs a value. Usage: {Usage}");
            switch (argument)
            {
                case "--quick":
                    options.Quick = true;
                    break;
                case "--markdown":
                    options.Markdown = true;
                    break;
                case "--only":
                    options.Only = Value();
                    break;
                case "--into":
                    options.Into = Value();
                    break;
                case "--folder":
                    options.Folder = Value();
                    break;
                case "--python":
                    options.Python = Value();
                    break;
                case "--build":
                    options.Build = Value();
                    break;
                case var number when int.TryParse(number, CultureInfo.InvariantCulture, out int rounds) && rounds > 0:
                    options.Rounds = rounds;
                    break;
                default:
                    throw new FormatException($"'{argument}' is not an option. Usage: {Usage}");
            }
        }

        return options;
    }
}
