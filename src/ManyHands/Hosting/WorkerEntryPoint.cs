using ManyHands.Platform;
using ManyHands.Protocol;
using ManyHands.Transports;

namespace ManyHands.Hosting;

/// <summary>
/// Where a worker process begins: the library is its own worker program, so a worker never runs the <c>Main</c> of the application whose
/// assemblies it loads.
/// </summary>
internal static class WorkerEntryPoint
{
    /// <summary>First argument of every worker.</summary>
    public const string Word = "worker";

    private const int UsageError = 255;

    private static int Main(string[] arguments)
    {
        if (arguments is not [Word, ..])
            return Refuse();
        WorkerEndpoint endpoint;
        try
        {
            endpoint = WorkerEndpoint.Open(arguments.AsSpan(1));
        }
        catch (FormatException)
        {
            return Refuse();
        }

        WorkerVariables.Clear();
        Environment.SetEnvironmentVariable(Platform.CallerGuard.MarkVariable, null); // it was for the start alone
        ProcessControl.PrintByLine();
        WorkerHost.Run(endpoint);

#pragma warning disable RS0030 // Returning would wait for threads that tasks have left behind.
        Environment.Exit(0);
#pragma warning restore RS0030
        return 0;
    }

    private static int Refuse()
    {
        Console.Error.WriteLine("ManyHands.dll is a library. It is started as a program only by itself, to be a worker process.");
        return UsageError;
    }
}
