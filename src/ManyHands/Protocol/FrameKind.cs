namespace ManyHands.Protocol;

/// <summary>What a frame says; PROTOCOL.md has the grammar.</summary>
internal enum FrameKind : byte
{
    None,

    // To the worker, on a lane.
    DefineWork,
    DefineContext,
    Run,
    RunBatch,

    // From the worker, on a lane.
    Hello,
    Ready,
    StartFailed,
    Begun,
    Result,
    Failed,
    BatchResult,
    BatchFailed,
    BatchEnd,
    Printed,

    // To the worker, on the control connection.
    Configure,
    Cancel,
    Shutdown,
    Ping,

    // From the worker, on the control connection.
    Pong,
}
