using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ManyHands.Cli.Tests.Pulling;

/// <summary>A server on 127.0.0.1 that gives every connection the same answer, or none.</summary>
internal sealed class TcpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly List<TcpClient> _clients = [];
    private readonly TaskCompletionSource _connected = new();
    private readonly Task _serving;

    private TcpServer(string? answer)
    {
        _listener.Start();
        _serving = ServeAsync(answer);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>When the first client has connected.</summary>
    public Task Connected => _connected.Task.WaitAsync(Tool.Limit);

    /// <summary>Accepts and never says a word.</summary>
    public static TcpServer Silent() => new(null);

    /// <summary>A web server that wants a password.</summary>
    public static TcpServer WithPassword() =>
        new("HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"secret\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    /// <summary>A web server that refuses everything, with a text.</summary>
    public static TcpServer Refusing(string status, string text) =>
        new($"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {text.Length}\r\nConnection: close\r\n\r\n{text}");

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _clients.ForEach(client => client.Dispose());
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync(string? answer)
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_end.Token);
                _clients.Add(client);
                _connected.TrySetResult();
                if (answer is null)
                    continue;
                _ = await client.GetStream().ReadAsync(new byte[4096], _end.Token);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), _end.Token);
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }
}
