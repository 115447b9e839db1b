namespace ManyHands.Chaos.Victims;

/// <summary>The argument of every task.</summary>
/// <param name="Task">Its line in the ledger.</param>
/// <param name="Deed">What to do.</param>
/// <param name="Micros">How long, in microseconds.</param>
/// <param name="AnswerSize">Bytes of the data to send back.</param>
/// <param name="Data">What it carries.</param>
internal sealed record Order(int Task, Deed Deed, int Micros, int AnswerSize, ReadOnlyMemory<byte> Data);

/// <summary>The result of every task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Pid">The process that ran it.</param>
/// <param name="Sum">Of the data it got; see <see cref="Pattern"/>.</param>
/// <param name="Data">The first bytes of the data it got.</param>
internal sealed record Answer(int Task, int Pid, ulong Sum, ReadOnlyMemory<byte> Data);

/// <summary>What a task does with its time.</summary>
internal enum Deed
{
    /// <summary>Computes.</summary>
    Spin,

    /// <summary>Waits without a processor.</summary>
    Wait,

    /// <summary>Throws when its time is over.</summary>
    Throw,

    /// <summary>Waits until all workers of the executor are at this.</summary>
    Meet,
}
