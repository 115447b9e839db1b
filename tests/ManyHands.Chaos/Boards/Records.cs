using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ManyHands.Chaos.Boards;

/// <summary>How one worker is to die: when, after how many tasks, and in which way.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Fate
{
    public Moment Moment;
    public Way Way;
    public int After;
}

/// <summary>What the board says about all.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BoardHead
{
    /// <summary>Executors that share the board.</summary>
    public const int Pools = 2;

    /// <summary>Fates that are planned ahead at most.</summary>
    public const int Fates = 64;

    public int MaxWorkers;
    public int MaxTasks;

    /// <summary>Workers that have entered.</summary>
    public int Workers;

    /// <summary>Nobody dies any more.</summary>
    public int Ceasefire;

    /// <summary>No task has been submitted that has not ended.</summary>
    public int Lull;

    public PerPool Taken;
    public PerPool Planned;
    public PerPool Met;
    public FateRing Plan;

    [InlineArray(Pools)]
    public struct PerPool
    {
        private int _first;
    }

    [InlineArray(Pools * Fates)]
    public struct FateRing
    {
        private Fate _first;
    }
}

/// <summary>One worker process, written by itself but for the last fields. A number that is not 0 yet has not happened.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WorkerRecord
{
    /// <summary>Written last when it enters.</summary>
    public int Pid;

    public int Pool;

    /// <summary>Start time from /proc, in clock ticks: with the pid it names one process for ever.</summary>
    public long Birth;

    public Fate Fate;
    public Moment Phase;

    /// <summary>When the phase began.</summary>
    public long Since;

    /// <summary>The task it began last.</summary>
    public int Task;

    /// <summary>Tasks it has ended.</summary>
    public int Tasks;

    /// <summary>When it died its lane was asleep, with nothing to send any more.</summary>
    public int HasRested;

    /// <summary>The way in which it wants to be killed by the parent, now.</summary>
    public Way Wish;

    /// <summary>When it was killed, or killed itself.</summary>
    public long Struck;

    /// <summary>The parent has seen its end.</summary>
    public int IsGone;
}

/// <summary>One task: every run of it, written by the worker that ran it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TaskRecord
{
    /// <summary>Runs that are kept; more are only counted.</summary>
    public const int Kept = 3;

    public int Begun;
    public int Ended;
    public RunRecords Runs;

    [InlineArray(Kept)]
    public struct RunRecords
    {
        private RunRecord _first;
    }
}

/// <summary>One run of a task.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RunRecord
{
    /// <summary>Index of the worker's record, and one.</summary>
    public int Worker;

    /// <summary>The last line of our code for this task was passed.</summary>
    public int HasEnded;

    public long At;
}
