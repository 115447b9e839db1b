using ManyHands.Chaos;
using ManyHands.Chaos.Fuzzing;
using ManyHands.Chaos.Leaks;

const string usage = """
    Shows what the library promises about failures, with real worker processes and garbage on the wire.

    chaos   runs tasks of all kinds while workers die at seven moments in all ways; a ledger that the workers write is the judge
              --seed N      the plan of tasks and kills (default: another one each time; it is printed)
              --tasks N     at least so many tasks (default 100000)
              --kills N     at least so many workers killed (default 500)
              --workers N   workers of each of the two executors (default 2)
              --reaper 1    while other code of the application takes the exit statuses of all its children
              --portable 1  over the transport of systems other than Linux
              --seconds N   gives up after that time (default 600)
    leak    runs tasks with a kill now and then, and compares what the process holds with what it held after warming up
              --seed N, --tasks N (default 1000000)
    fuzz    feeds both ends of the wire with spoiled frames, inside of this process
              --seed N, --frames N (default 1000000)

    Ends with 0 where every promise held, 1 where one was broken, 2 for a wrong command line, 3 where the time was up before the end.
    """;

try
{
    switch (args)
    {
        case ["chaos", .. var rest]:
            return await ChaosCommand.Run(Arguments.Read(rest, "--seed", "--tasks", "--kills", "--workers", "--portable", "--reaper", "--seconds"));
        case ["leak", .. var rest]:
            return await LeakCommand.Run(Arguments.Read(rest, "--seed", "--tasks"));
        case ["fuzz", .. var rest]:
            return FuzzCommand.Run(Arguments.Read(rest, "--seed", "--frames"));
        case [] or ["help"] or ["--help"] or ["-h"]:
            Console.WriteLine(usage);
            return args.Length > 0 ? 0 : 2;
        default:
            throw new UsageException($"'{args[0]}' is no command.");
    }
}
catch (UsageException error)
{
    Console.Error.WriteLine($"{error.Message}\n\n{usage}");
    return 2;
}
