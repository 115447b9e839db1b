using System.Text.RegularExpressions;

namespace ManyHands.Tests.Architecture;

/// <summary>
/// Which folder of the library may use which. Public types of every folder share one namespace, so a file is judged by the internal
/// namespaces that it names, and by the public types of other folders that it names.
/// </summary>
internal static partial class Layers
{
    private const string Contract = "Contract";

    // Folders that may use each other and nothing else; the files at the root belong to them.
    private static readonly string[] _contract = ["", "Completions", "Errors", "Payloads", "Maps"];

    private static readonly Dictionary<string, string[]> _allowed = new()
    {
        [Contract] = [],
        ["Platform"] = [Contract], // for how the library starts its threads
        ["Protocol"] = [Contract],
        ["Pooling"] = [Contract],
        ["Hybrid"] = [Contract],
        ["Adaptive"] = ["Threads", "Processes", "Pooling", "Platform", Contract], // chooses between back ends, so it has to know them
        ["Diagnostics"] = [Contract],
        ["Transports"] = ["Platform", Contract],
        ["Shell"] = ["Platform", Contract],
        ["Sharing"] = ["Platform", Contract],
        ["FileParts"] = [Contract],
        ["Threads"] = ["Pooling", Contract],
        ["Contexts"] = ["Pooling", Contract],
        ["Processes"] = ["Pooling", "Protocol", "Transports", "Platform", Contract],
        ["Hosting"] = ["Protocol", "Transports", "Platform", Contract],
    };

    /// <summary>The first folder of a path below src/ManyHands.</summary>
    public static string FolderOf(string path) => path.Contains('/', StringComparison.Ordinal) ? path.Split('/')[0] : "";

    /// <summary>What a file names that its layer may not use, as sentences.</summary>
    /// <param name="path">Path below src/ManyHands.</param>
    /// <param name="source">The file's text.</param>
    /// <param name="publicTypes">Names of public types, each with the folder that defines it.</param>
    public static IEnumerable<string> Violations(string path, string source, IReadOnlyDictionary<string, string> publicTypes)
    {
        string own = LayerOf(FolderOf(path));
        if (!_allowed.TryGetValue(own, out string[]? allowed))
        {
            yield return $"{path}: the folder '{own}' is in no layer. Add it to Layers.cs.";
            yield break;
        }

        string code = WithoutCommentsAndTexts(source);
        var used = NamespaceName().Matches(code).Select(match => match.Groups[1].Value)
            .Concat(Identifier().Matches(code).Select(match => publicTypes.GetValueOrDefault(match.Value)).OfType<string>())
            .Distinct();
        foreach (string folder in used)
        {
            string layer = LayerOf(folder);
            if (layer != own && !allowed.Contains(layer))
                yield return $"{path} uses {folder}/, and {own} may use only [{string.Join(", ", allowed)}].";
        }
    }

    private static string LayerOf(string folder) => _contract.Contains(folder) ? Contract : folder;

    // A cref in a comment is no dependency, and neither is a name in a text.
    private static string WithoutCommentsAndTexts(string source) => Text().Replace(Comment().Replace(source, ""), "\"\"");

    [GeneratedRegex(@"\bManyHands\.([A-Z]\w*)")]
    private static partial Regex NamespaceName();

    [GeneratedRegex(@"\b[A-Z]\w*")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"(?<![:""])//.*$|/\*.*?\*/", RegexOptions.Multiline)]
    private static partial Regex Comment();

    [GeneratedRegex("\"(?:[^\"\\\\\\r\\n]|\\\\.)*\"")]
    private static partial Regex Text();
}
