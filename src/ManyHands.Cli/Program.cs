using System.Reflection;
using ManyHands.Cli.Commands;

namespace ManyHands.Cli;

/// <summary>The tool: finds the verb and turns every outcome into an exit code.</summary>
internal static class Program
{
    /// <summary>Our own errors, usage included; 1 to 101 count failures.</summary>
    private const int OwnError = 255;

    private const string Help = """
        hands: many pieces of work at once, none of them lost

        Usage: hands VERB [OPTION…] [ARGUMENT…]

        Verbs:
          lab            measure on this machine which kind of worker is right for what
          advise WORK…   measure a command or a method, and say what to run it on
          pull [PATH…]   find the Git repositories below a folder and update them all

        Options:
          -h, --help     show this text; 'hands VERB --help' explains a verb
          --version      show the version

        Exit codes: 0 all went well · 1–100 so many failed · 101 more than that
                    130 interrupted · 255 wrong usage or an error of hands itself

        """;

    private static async Task<int> Main(string[] arguments)
    {
        try
        {
            return await RunAsync(arguments).ConfigureAwait(false);
        }
        catch (UsageException wrong)
        {
            return Say(wrong.Message);
        }
        catch (IOException failure)
        {
            // Mostly a reader of our output that has gone, as in `hands pull | head -1`.
            return Say($"hands: {failure.Message}");
        }
#pragma warning disable CA1031 // The outermost frame: an error of ours is one line for who runs the tool, with its type for who mends it.
        catch (Exception unexpected)
#pragma warning restore CA1031
        {
            var place = unexpected.TargetSite;
            return Say($"hands: unexpected {unexpected.GetType().Name}: {unexpected.Message} (in {place?.DeclaringType?.Name}.{place?.Name})");
        }
    }

    private static async Task<int> RunAsync(string[] arguments)
    {
        switch (arguments.FirstOrDefault())
        {
            case "pull":
                return await PullCommand.RunAsync(arguments[1..]).ConfigureAwait(false);
            case "advise":
                return await AdviseCommand.RunAsync(arguments[1..]).ConfigureAwait(false);
            case "lab":
                return await LabCommand.RunAsync(arguments[1..]).ConfigureAwait(false);
            case "-h" or "--help" or "help":
                return Show(Help);
            case "--version":
                return Show($"hands {Version}\n");
            case null:
                throw new UsageException("hands: what shall I do? 'hands --help' lists the verbs.");
            default:
                throw new UsageException($"hands: there is no verb '{arguments[0]}'; 'hands --help' lists them.");
        }
    }

    /// <summary>Writes text that was asked for.</summary>
    internal static int Show(string text)
    {
        using var output = Console.OpenStandardOutput();
        output.Write(System.Text.Encoding.UTF8.GetBytes(text));
        return 0;
    }

    private static string Version =>
        typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static int Say(string message)
    {
        using var error = Console.OpenStandardError();
        error.Write(System.Text.Encoding.UTF8.GetBytes(message.ReplaceLineEndings(" ") + "\n"));
        return OwnError;
    }
}
