using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace ManyHands.Shell;

/// <summary>What a program wrote to one stream: the first and the last half of the limit, and each line on its way. For one thread.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Memory streams hold nothing but memory.")]
internal sealed class BoundedOutput(int limit, Action<string>? onLine)
{
    // A program that never ends its line must not grow us; what is longer arrives in pieces.
    private const int LongestLine = 64 * 1024;

    private readonly int _headLimit = limit - (limit / 2);
    private readonly int _tailLimit = limit / 2;
    private readonly MemoryStream _head = new();
    private readonly MemoryStream _line = new();
    private byte[] _tail = [];
    private int _tailNext;
    private long _tailTotal;
    private bool _afterCarriageReturn;

    /// <summary>All bytes that came, kept or not.</summary>
    public long Total { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Total += bytes.Length;
        if (onLine is not null)
            SplitLines(bytes);

        int first = Math.Min(bytes.Length, _headLimit - (int)_head.Length);
        _head.Write(bytes[..first]);
        if (first < bytes.Length)
            KeepTail(bytes[first..]);
    }

    /// <summary>Hands over a last line that no line end followed.</summary>
    public void Complete()
    {
        if (_line.Length > 0)
            EndLine();
    }

    /// <summary>What was kept, as UTF-8 text; a line in the middle says how much was left out.</summary>
    public string Text()
    {
        var head = Encoding.UTF8.GetString(_head.GetBuffer(), 0, (int)_head.Length);
        if (_tailTotal == 0)
            return head;
        if (_tailTotal <= _tail.Length)
        {
            // Nothing is missing: a character that lies across the two halves must not break.
            _head.Write(_tail, 0, (int)_tailTotal);
            return Encoding.UTF8.GetString(_head.GetBuffer(), 0, (int)_head.Length);
        }

        byte[] tail = [.. _tail.AsSpan(_tailNext), .. _tail.AsSpan(0, _tailNext)];
        return $"{head}\n… {_tailTotal - tail.Length} bytes left out …\n{Encoding.UTF8.GetString(tail)}";
    }

    private void KeepTail(ReadOnlySpan<byte> bytes)
    {
        _tailTotal += bytes.Length;
        if (_tail.Length == 0)
            _tail = new byte[_tailLimit];
        if (bytes.Length > _tail.Length)
            bytes = bytes[^_tail.Length..];
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, _tail.Length - _tailNext);
            bytes[..count].CopyTo(_tail.AsSpan(_tailNext));
            _tailNext = (_tailNext + count) % _tail.Length;
            bytes = bytes[count..];
        }
    }

    private void SplitLines(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_afterCarriageReturn && bytes[0] == '\n')
                bytes = bytes[1..];
            _afterCarriageReturn = false;

            int end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
            _line.Write(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
            {
                if (_line.Length >= LongestLine)
                    EndLine();
                return;
            }

            EndLine();
            _afterCarriageReturn = bytes[end] == '\r';
            bytes = bytes[(end + 1)..];
        }
    }

    private void EndLine()
    {
        string line = Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length);
        _line.SetLength(0);
        onLine!(line);
    }
}
