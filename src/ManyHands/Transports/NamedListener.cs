using System.IO.Pipes;
using System.Net.Sockets;
using ManyHands.Platform;

namespace ManyHands.Transports;

/// <summary>
/// Where a worker finds its parent by name: a socket in a folder that only this user can enter, or, on Windows, a pipe for this user only.
/// </summary>
/// <remarks>The folder is what protects the socket: the mode of a socket file follows the umask and is not enough.</remarks>
internal abstract class NamedListener : IDisposable
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(20);

    public required string Name { get; init; }

    public static NamedListener Open(int connections) => CurrentPlatform.IsWindows ? Pipes.Listen(connections) : Sockets.Listen(connections);

    /// <summary>Waits for the next connection; they come in the order in which the worker opens them.</summary>
    /// <param name="goOn">Asked now and then; false ends the waiting.</param>
    /// <returns>Null where waiting was ended.</returns>
    public abstract Connection? Accept(Func<bool> goOn);

    public abstract void Dispose();

    private sealed class Sockets : NamedListener
    {
        private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        public static Sockets Listen(int connections)
        {
            string folder = Directory.CreateTempSubdirectory("manyhands-").FullName; // mode 0700
            var listener = new Sockets { Name = Path.Combine(folder, "worker") };
            listener._socket.Bind(new UnixDomainSocketEndPoint(listener.Name));
            listener._socket.Listen(connections);
            return listener;
        }

        public override Connection? Accept(Func<bool> goOn)
        {
            while (!_socket.Poll(_look, SelectMode.SelectRead))
            {
                if (!goOn())
                    return null;
            }

            return new SocketConnection(_socket.Accept());
        }

        // Connected sockets need the name no longer.
        public override void Dispose()
        {
            _socket.Dispose();
            Directory.Delete(Path.GetDirectoryName(Name)!, recursive: true);
        }
    }

    private sealed class Pipes : NamedListener
    {
        private readonly Queue<NamedPipeServerStream> _waiting = new();

        public static Pipes Listen(int connections)
        {
            var listener = new Pipes { Name = $"manyhands-{Guid.NewGuid():N}" };
            for (int i = 0; i < connections; i++)
            {
                listener._waiting.Enqueue(new NamedPipeServerStream(
                    listener.Name, PipeDirection.InOut, connections, PipeTransmissionMode.Byte,
                    PipeOptions.CurrentUserOnly | PipeOptions.Asynchronous));
            }

            return listener;
        }

        public override Connection? Accept(Func<bool> goOn)
        {
            NamedPipeServerStream pipe = _waiting.Dequeue();
            using var ended = new CancellationTokenSource();
            Task connected = pipe.WaitForConnectionAsync(ended.Token);
            while (!connected.Wait(_look))
            {
                if (goOn())
                    continue;
                ended.Cancel();
                pipe.Dispose();
                return null;
            }

            return new PipeConnection(pipe);
        }

        public override void Dispose()
        {
            foreach (NamedPipeServerStream pipe in _waiting)
                pipe.Dispose();
        }
    }
}
