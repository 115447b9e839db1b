using System.IO.Pipes;
using System.Net.Sockets;
using ManyHands.Platform;
using ManyHands.Platform.Linux;

namespace ManyHands.Transports;

/// <summary>
/// The connections between a parent and one worker: one for control, one for each lane, and memory that both can see where the transport
/// has it. The parent puts them into the arguments of the worker, which <see cref="Open"/> reads.
/// </summary>
internal sealed class WorkerEndpoint(Connection control, Connection[] lanes, LaneMemory? memory) : IDisposable
{
    private const string InheritedWord = "inherited";
    private const string NamedWord = "named";
    private const int ControlDescriptor = 3;
    private const int MemoryDescriptor = 4;

    public Connection Control { get; } = control;

    public Connection[] Lanes { get; } = lanes;

    public LaneMemory? Memory { get; } = memory;

    /// <summary>The worker's arguments where it inherits two descriptors: 3, the control connection, and 4, the memory of its lanes.</summary>
    public static string[] InheritedArguments(int lanes) => [InheritedWord, Text(lanes)];

    /// <summary>The worker's arguments for connections that it opens by name.</summary>
    public static string[] NamedArguments(string name, int lanes) => [NamedWord, Text(lanes), name];

    /// <summary>The worker's end.</summary>
    /// <exception cref="FormatException">The arguments are none of ours.</exception>
    public static WorkerEndpoint Open(ReadOnlySpan<string> arguments)
    {
        if (arguments.Length < 2 || !int.TryParse(arguments[1], out int lanes) || lanes < 1)
            throw new FormatException("The arguments are not those of a worker.");
        return arguments[0] switch
        {
            InheritedWord when arguments.Length == 2 => OpenInherited(lanes),
            NamedWord when arguments.Length == 3 => OpenNamed(arguments[2], lanes),
            _ => throw new FormatException("The arguments are not those of a worker."),
        };
    }

    public void Dispose()
    {
        Control.Dispose();
        foreach (Connection lane in Lanes)
            lane.Dispose();
        Memory?.Dispose();
    }

    private static WorkerEndpoint OpenInherited(int lanes)
    {
        // Inherited descriptors stay open in programs that a task starts, unless this is the first thing done: such a program would keep
        // the connection alive after this process.
        FileDescriptor.CloseOnExec(ControlDescriptor);
        FileDescriptor.CloseOnExec(MemoryDescriptor);
        var memory = LaneMemory.Open(new FileDescriptor(MemoryDescriptor), lanes);
        var ends = new Connection[lanes];
        for (int i = 0; i < lanes; i++)
            ends[i] = memory.WorkerEnd(i);
        return new WorkerEndpoint(new SocketPairConnection(new FileDescriptor(ControlDescriptor)), ends, memory);
    }

    private static WorkerEndpoint OpenNamed(string name, int lanes) =>
        new(OpenNamed(name), [.. Enumerable.Range(0, lanes).Select(_ => OpenNamed(name))], memory: null);

    private static Connection OpenNamed(string name)
    {
        if (CurrentPlatform.IsWindows)
        {
            var pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.CurrentUserOnly);
            pipe.Connect(TimeSpan.FromSeconds(30));
            return new PipeConnection(pipe);
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(name));
        return new SocketConnection(socket);
    }

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
