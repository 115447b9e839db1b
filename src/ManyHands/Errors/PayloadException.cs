namespace ManyHands;

/// <summary>A value cannot travel to or from a worker unchanged. Names the type and, where there is one, the member.</summary>
public class PayloadException : ExecutorException
{
    /// <summary>Creates the error; an <see cref="IPayloadCodec"/> throws it, and the executor fills in <see cref="Side"/>.</summary>
    /// <param name="message">Which value cannot travel, why, and what to do.</param>
    /// <param name="innerException">What a converter, a getter or a setter threw, where it did.</param>
    public PayloadException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    /// <summary>Where on its way the value failed. <see cref="PayloadSide.Submit"/> until an executor says otherwise.</summary>
    public PayloadSide Side { get; internal set; }

    /// <summary>Where the value failed, then why.</summary>
    public override string Message => $"{Place} {Reason}";

    /// <summary>The message without the place.</summary>
    internal string Reason => base.Message;

    private string Place => Side switch
    {
        PayloadSide.Submit => "The argument cannot travel:",
        PayloadSide.WorkerInput => "The worker could not read the argument:",
        PayloadSide.ResultType => "The result could not travel back, so the work was not run:",
        PayloadSide.Result => "The work ran, but its result cannot travel:",
        _ => "The work ran, but its result could not be read:",
    };
}
