namespace ManyHands.Pooling;

/// <summary>A worker that is ready, at one moment.</summary>
/// <param name="Pid">Its process id, where it has one of its own.</param>
/// <param name="Tasks">Tasks it has ended.</param>
/// <param name="Running">Who learns from the item that its first lane is at; null where it has none.</param>
internal readonly record struct WorkerSight(int? Pid, long Tasks, IWorkMeter? Running);
