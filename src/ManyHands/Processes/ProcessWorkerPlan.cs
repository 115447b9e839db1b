using System.ComponentModel;
using System.Reflection;
using ManyHands.Payloads;
using ManyHands.Platform;
using ManyHands.Protocol;

namespace ManyHands.Processes;

/// <summary>What the workers of one executor have in common.</summary>
internal sealed record ProcessWorkerPlan
{
    public required int Lanes { get; init; }

    public required WorkerLaunch Launch { get; init; }

    public required WorkerSettings Settings { private get; init; }

    /// <summary>What the workers may start in turn.</summary>
    public required ProcessShare Share { get; init; }

    /// <summary>The settings of a worker.</summary>
    public WorkerSettings WorkerSettings => Settings with { ProcessBudget = Share.ForEach };

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required StartFolder Folder { get; init; }

    /// <summary>Where a line that a worker printed goes: worker, text, whether the line ends there, whether it is error output.</summary>
    public required Action<int, string, bool, bool> Output { get; init; }

    /// <summary>It goes somewhere, so what a task printed has to be there before its result.</summary>
    public required bool ShowsOutput { get; init; }

    /// <summary>For messages.</summary>
    public TimeSpan? HeartbeatLimit { get; init; }

    /// <summary>For messages.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Bytes of the largest result that is taken.</summary>
    public int MaxResult { get; init; } = Payload.MaxLength;

    public Assembly? InitializerAssembly { get; init; }

    /// <summary>Use named sockets or pipes although better ones can be had.</summary>
    public bool Portable { get; init; }

    /// <summary>Parent and worker share memory for begun marks, so that items can be taken back.</summary>
    public bool HasMarks => CurrentPlatform.IsLinux && !Portable;

    // Beyond this many they are hardly the ones that come next.
    private const int MaxKnownWork = 16;

    private readonly List<WorkReference> _knownWork = [];

    /// <summary>Notes what workers are given to run, so that spares can prepare for it.</summary>
    public void Remember(WorkReference work)
    {
        lock (_knownWork)
        {
            if (_knownWork.Count < MaxKnownWork && !_knownWork.Contains(work))
                _knownWork.Add(work);
        }
    }

    /// <summary>The settings of a worker that is held back, and prepares for what the others run.</summary>
    public WorkerSettings SpareSettings
    {
        get
        {
            lock (_knownWork)
                return WorkerSettings with { IsSpare = true, KnownWork = [.. _knownWork] };
        }
    }

    /// <summary>Starts one worker. On <see cref="SpawnerThread"/>.</summary>
    public WorkerProcess Start() => HasMarks
        ? LinuxWorkerProcess.Start(Launch, Lanes, Environment, Folder)
        : PortableWorkerProcess.Start(Launch, Lanes, Environment, Folder);

    /// <summary>The error where the system would not start the process, or not give what it takes to look after it.</summary>
    public ExecutorException StartError(int worker, Exception cause)
    {
        const int tooManyProcesses = 11, noMemory = 12, tooManyFiles = 24, tooManyFilesInSystem = 23;
        int? systemError = cause switch
        {
            Win32Exception system => system.NativeErrorCode, // sockets' too
            IOException file => file.HResult & 0xFFFF,
            _ => null,
        };
        ResourceKind? kind = systemError switch
        {
            tooManyProcesses => ResourceKind.Processes,
            noMemory => ResourceKind.Memory,
            tooManyFiles or tooManyFilesInSystem => ResourceKind.FileDescriptors,
            _ => null,
        };
        if (cause is OutOfMemoryException)
            kind = ResourceKind.Threads; // the runtime says so where it cannot start one
        return kind is { } exhausted
            ? new ResourceExhaustedException(
                exhausted, $"Worker {worker} could not be started: {cause.Message} Use fewer workers, or raise the limit (ulimit -a shows it).", cause)
            : cause as WorkerStartException ?? new WorkerStartException($"Worker {worker} could not be started ({Launch.Description}): {cause.Message}", cause);
    }

    /// <summary>The error where a process was started and ended before it was a worker.</summary>
    public Exception NotReady(int worker, ProcessLoss loss) => new WorkerStartException(
        $"Worker {worker} was started ({Launch.Description}) but ended before it was ready. {loss.Detail}"
        + (loss.Report.LastLines.Count > 1 ? $" It wrote: {string.Join(" | ", loss.Report.LastLines)}" : ""));
}
