using System.Globalization;

namespace ManyHands.Chaos;

/// <summary>Numbers that were given as <c>--name value</c>.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, int> _given = [];

    private Arguments()
    {
    }

    /// <exception cref="UsageException">A word is no known name, or what follows it is no number.</exception>
    public static Arguments Read(ReadOnlySpan<string> words, params string[] names)
    {
        var arguments = new Arguments();
        for (int i = 0; i < words.Length; i += 2)
        {
            string name = words[i];
            if (!names.Contains(name))
                throw new UsageException($"'{name}' is not known here. There is {string.Join(", ", names)}.");
            if (i + 1 == words.Length || !int.TryParse(words[i + 1], NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out int value))
                throw new UsageException($"{name} needs a whole number after it.");
            arguments._given[name] = value;
        }

        return arguments;
    }

    /// <exception cref="UsageException">The number is too small.</exception>
    public int Number(string name, int otherwise, int least = 0)
    {
        int value = _given.GetValueOrDefault(name, otherwise);
        return value >= least ? value : throw new UsageException($"{name} {value} is too small: at least {least}.");
    }
}

/// <summary>The command line makes no sense; the message says why.</summary>
internal sealed class UsageException(string message) : Exception(message);
