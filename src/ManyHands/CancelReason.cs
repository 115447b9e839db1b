namespace ManyHands;

/// <summary>Why a task is being cancelled; it decides which error its caller gets.</summary>
internal enum CancelReason
{
    None,
    Caller,
    Timeout,
    Closed,
}
