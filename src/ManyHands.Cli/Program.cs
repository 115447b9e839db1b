using System.Reflection;
using ManyHands.Cli.Commands;

namespace ManyHands.Cli;

/// <summary>The tool: finds the verb.</summary>
internal static class Program
{
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

        Exit codes: 0: all went well; 1–100: number of failures; 101: more than 100
                    129, 130, 143: ended by SIGHUP, Ctrl-C, SIGTERM
                    254: the report could not be written, whatever came of the work
                    255: wrong usage or an error of hands itself

        """;

    private static int Main(string[] arguments)
    {
        using var invocation = new Invocation();
        return invocation.Run(hands => RunAsync(arguments, hands));
    }

    private static async Task<int> RunAsync(string[] arguments, Invocation hands)
    {
        switch (arguments.FirstOrDefault())
        {
            case "pull":
                return await PullCommand.RunAsync(arguments[1..], hands).ConfigureAwait(false);
            case "advise":
                return await AdviseCommand.RunAsync(arguments[1..], hands).ConfigureAwait(false);
            case "lab":
                return await LabCommand.RunAsync(arguments[1..], hands).ConfigureAwait(false);
            case "-h" or "--help" or "help":
                return hands.Show(Help);
            case "--version":
                return hands.Show($"hands {Version}\n");
            case null:
                throw new UsageException("hands: no command given; 'hands --help' lists the verbs.");
            default:
                throw new UsageException($"hands: unknown command '{arguments[0]}'; 'hands --help' lists the verbs.");
        }
    }

    private static string Version =>
        typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
