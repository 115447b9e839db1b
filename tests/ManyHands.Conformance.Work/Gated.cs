namespace ManyHands.Conformance.Work;

/// <summary>Two files by which a test and a task in any process wait for each other.</summary>
/// <param name="Begun">Made by the task when it begins; holds its process id.</param>
/// <param name="Opened">Made by the test when the task may end.</param>
public sealed record Gate(string Begun, string Opened)
{
    private static readonly ManualResetEvent _never = new(initialState: false);

    public bool HasBegun => File.Exists(Begun);

    /// <summary>The process in which the task began.</summary>
    public int Pid() => int.Parse(File.ReadAllText(Begun), System.Globalization.CultureInfo.InvariantCulture);

    public void Open() => File.WriteAllText(Opened, "");

    /// <summary>What the task does: says that it has begun, and waits.</summary>
    public void Pass(CancellationToken cancellationToken = default)
    {
        // Written elsewhere and moved, so that whoever sees the file can read it whole.
        File.WriteAllText(Begun + ".new", Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        File.Move(Begun + ".new", Begun, overwrite: true);
        while (!File.Exists(Opened))
        {
            cancellationToken.ThrowIfCancellationRequested();
            _never.WaitOne(2);
        }
    }
}

/// <summary>Work that ends when its test says so.</summary>
public static class Gated
{
    public static int Answer((Gate Gate, int Value) order)
    {
        order.Gate.Pass();
        return order.Value;
    }

    /// <summary>Listens to its token while it waits.</summary>
    public static int AnswerPolitely((Gate Gate, int Value) order, CancellationToken cancellationToken)
    {
        order.Gate.Pass(cancellationToken);
        return order.Value;
    }

    /// <summary>Takes a token and ends in its own time all the same.</summary>
    public static int AnswerInOwnTime((Gate Gate, int Value) order, CancellationToken cancellationToken)
    {
        _ = cancellationToken;
        order.Gate.Pass(CancellationToken.None);
        return order.Value;
    }

    public static int Fail((Gate Gate, string Message) order)
    {
        order.Gate.Pass();
        throw new InvalidOperationException(order.Message);
    }
}
