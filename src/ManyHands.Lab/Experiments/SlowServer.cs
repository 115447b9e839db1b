using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ManyHands.Lab.Experiments;

/// <summary>
/// A web server on this machine's loopback that answers after 30 ms: below <c>/api</c> with 2 KB, below <c>/page</c> with 100 KB, all else at once with
/// nothing. It understands as much of HTTP/1.1 as a well-behaved client says.
/// </summary>
public sealed class SlowServer : IAsyncDisposable
{
    private static readonly TimeSpan _delay = TimeSpan.FromMilliseconds(30);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <summary>Starts it, at a port that is free.</summary>
    public SlowServer()
    {
        _listener.Start(backlog: 1024);
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";
        _accepting = AcceptAsync();
    }

    /// <summary>Its address, with a slash at the end.</summary>
    public string Address { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _listener.Stop();
        await _accepting.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_stop.Token).ConfigureAwait(false);
                connections.RemoveAll(connection => connection.IsCompleted);
                connections.Add(AnswerAllAsync(socket));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
        }

        await Task.WhenAll(connections).ConfigureAwait(false);
    }

    private async Task AnswerAllAsync(Socket socket)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        try
        {
            socket.NoDelay = true;
            while (await reader.ReadLineAsync(_stop.Token).ConfigureAwait(false) is { } request)
            {
                while (await reader.ReadLineAsync(_stop.Token).ConfigureAwait(false) is { Length: > 0 })
                {
                }

                int length = request.Contains(" /api/", StringComparison.Ordinal) ? 2_000 : request.Contains(" /page/", StringComparison.Ordinal) ? 100_000 : 0;
                if (length > 0)
                    await Task.Delay(_delay, _stop.Token).ConfigureAwait(false);
                string head = $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\r\n";
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head + new string('.', length)), _stop.Token).ConfigureAwait(false);
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or SocketException)
        {
            // The client has what it wanted, or this ends.
        }
    }
}
