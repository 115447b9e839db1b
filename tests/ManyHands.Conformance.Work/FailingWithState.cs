using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ManyHands.Conformance.Work;

/// <summary>Work that throws exceptions which say more than their message.</summary>
public static class FailingWithState
{
    public static int Throw(string what) => throw what switch
    {
        "http" => new HttpRequestException("Not there.", null, HttpStatusCode.NotFound),
        "socket" => new SocketException((int)SocketError.ConnectionRefused),
        "file" => new FileNotFoundException("No file.", "a.txt") { HResult = 4711, Data = { ["line"] = 3 } },
        "code" => new CodeException(7, "Seven."),
        "secretive" => new SecretiveException("Now."),
        "traced" => new TracedException("Traced.", new FormatException("inner")),
        "cancelled" => new StoppedException(),
        _ => new ArgumentOutOfRangeException(nameof(what), what, "Unknown."),
    };

    public static int Parse(string text) => JsonDocument.Parse(text).RootElement.GetArrayLength();

    public static void FailToStart(string what) => Throw(what);

    /// <summary>Ends by an access violation on <paramref name="input"/> 5, and tells its process otherwise.</summary>
    public static int Violate(int input) => input == 5 ? Marshal.ReadByte(0) : Environment.ProcessId;
}

public sealed class CodeException(int code, string text) : Exception(text)
{
    public int Code => code;
}

/// <summary>Nothing takes its state.</summary>
public sealed class SecretiveException(string message) : InvalidOperationException(message)
{
    public Guid Secret { get; } = Guid.NewGuid();
}

/// <summary>Has a stack trace as soon as it is made.</summary>
public sealed class TracedException : Exception
{
    public TracedException(string message, Exception? inner) : base(message, inner)
    {
        try
        {
            throw this;
        }
        catch (TracedException)
        {
            // Now it has one.
        }
    }
}

public sealed class StoppedException : OperationCanceledException;
