using System.Diagnostics;
using ManyHands.Platform;
using ManyHands.Pooling;

namespace ManyHands.Adaptive;

/// <summary>
/// What worker processes used, and which work it was for: between two readings of a process's load, all tasks that ended there have to be of one
/// method, or nobody knows. Told from the threads that read results; asked by the one that looks.
/// </summary>
internal sealed class WorkerReadings
{
    // A reading costs a hundred microseconds.
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<int, Reading> _byProcess = [];
    private readonly HashSet<(int Pid, AdaptiveWork Work)> _begun = []; // the first task in a process loads and compiles what it needs, and is not like the others

    /// <summary>Whatever was read is too old.</summary>
    public void Forget()
    {
        using (Uninterrupted.Hold(_gate))
        {
            _byProcess.Clear();
            _begun.Clear();
        }
    }

    /// <summary>Tasks have ended in a worker process.</summary>
    public void Ran(AdaptiveWork work, int count, TimeSpan elapsed, int pid)
    {
        Measurement seen = default;
        AdaptiveWork? of = null;
        using (Uninterrupted.Hold(_gate))
        {
            if (_begun.Add((pid, work)) || !_byProcess.TryGetValue(pid, out Reading? reading))
            {
                Read(pid);
                return;
            }

            reading.Tasks += count;
            reading.Ran += elapsed;
            reading.IsMixed |= reading.Work is not null && reading.Work != work;
            reading.Work = work;
            TimeSpan passed = Stopwatch.GetElapsedTime(reading.At);
            if (passed < _pause || ProcessControl.Load(pid) is not { } load)
                return;
            if (!reading.IsMixed)
            {
                of = work;
                seen = Used(reading.Tasks, reading.Ran, reading.Ran < passed ? reading.Ran : passed, reading.Load, load);
            }

            _byProcess[pid] = new Reading(load);
        }

        of?.Add(seen);
    }

    /// <summary>Reads those processes that have not been read, and notes what they are at.</summary>
    /// <returns>What was seen so far of tasks that have not ended, for each that has been at one since an earlier look.</returns>
    public List<(AdaptiveWork Work, Measurement Seen)> Look(WorkerSight[] workers, Func<WorkerSight, AdaptiveWork?> find)
    {
        var unended = new List<(AdaptiveWork, Measurement)>();
        using (Uninterrupted.Hold(_gate))
        {
            foreach (WorkerSight worker in workers)
            {
                if (worker.Pid is not { } pid)
                    continue;
                Reading? reading = _byProcess.GetValueOrDefault(pid) ?? Read(pid);
                if (reading is null)
                    continue;
                AdaptiveWork? work = find(worker);
                if (work is null || reading.Seen is not { } seen || seen.Work != work || seen.Tasks != worker.Tasks)
                    reading.Seen = work is not null && ProcessControl.Load(pid) is { } load ? new(work, worker.Tasks, load, Stopwatch.GetTimestamp()) : null;
                else if (ProcessControl.Load(pid) is { } now)
                    unended.Add((work, Used(0, TimeSpan.Zero, Stopwatch.GetElapsedTime(seen.At), seen.Load, now)));
            }
        }

        return unended;
    }

    private Reading? Read(int pid)
    {
        if (ProcessControl.Load(pid) is not { } load)
            return null;
        return _byProcess[pid] = new Reading(load);
    }

    private static Measurement Used(int tasks, TimeSpan ran, TimeSpan wall, ProcessLoad before, ProcessLoad now)
    {
        // What all threads of the process missed together may be more than what is left of the time.
        TimeSpan processor = now.Processor - before.Processor, delayed = now.DelayedSince(before);
        TimeSpan left = wall > processor ? wall - processor : TimeSpan.Zero;
        return new(tasks, ran, wall, processor, delayed < left ? delayed : left);
    }

    private sealed class Reading(ProcessLoad load)
    {
        public ProcessLoad Load { get; } = load;

        public long At { get; } = Stopwatch.GetTimestamp();

        public int Tasks { get; set; }

        public TimeSpan Ran { get; set; }

        public AdaptiveWork? Work { get; set; }

        public bool IsMixed { get; set; }

        public Begun? Seen { get; set; }
    }

    private sealed record Begun(AdaptiveWork Work, long Tasks, ProcessLoad Load, long At);
}
