namespace ManyHands.Advisor;

/// <summary>
/// From what one task needs to the number of workers: cores × wall time / processor time, as Brian Goetz gives it for thread pools (Java Concurrency in
/// Practice, 2006, 8.2), within what memory and descriptors allow.
/// </summary>
internal static class CostModel
{
    /// <summary>Below this part of the time on a core, work waits; above <see cref="ComputesAbove"/>, it computes.</summary>
    public const double WaitsBelow = 0.15;

    /// <summary>See <see cref="WaitsBelow"/>.</summary>
    public const double ComputesAbove = 0.85;

    /// <summary>Seconds below which the work on all inputs is not worth a second thread: starting and ending one shows.</summary>
    public const double NotWorthIt = 0.002;

    /// <summary>Seconds below which one task costs less than handing it over, even in batches (docs/performance.md).</summary>
    public const double Tiny = 1e-6;

    /// <summary>Seconds that a hand-over to a worker process costs beside the payload, where many tasks travel together (docs/performance.md).</summary>
    public const double ProcessHandOver = 5e-6;

    /// <summary>Part of the time from which on threads of one process would hold up one another in the garbage collector.</summary>
    public const double CollectorPart = 0.05;

    // A worker process before any work, and a thread with what it touches of its stack (docs/choosing.md).
    private const long ProcessBytes = 10 << 20;
    private const long ThreadBytes = 128 << 10;

    // From the end of a worker to the first result of the one that replaces it, on a machine whose cores are busy (bench/deaths).
    private const double RestartSeconds = 0.25;

    // What a running command, or a process with its lanes, needs of them.
    private const int DescriptorsPerCommand = 4;
    private const int DescriptorsPerProcess = 8;

    // More waiting threads than this is work for asynchronous code.
    private const int MostThreads = 512;
    private const int MostAsync = 10_000;

    // Part of a core by which measured times may be off: not worth another worker.
    private const double Tolerance = 0.05;

    // Memory is asked for by others too.
    private const double UsableMemory = 0.8;

    public static Advice Advise(Measurement work, MachineFacts machine)
    {
        double wall = work.OwnSeconds, share = work.CpuShare;
        WorkerKind kind = Kind(work, share);
        if (work.Crash is null && (wall <= 0 || wall * work.Tasks < NotWorthIt || (!work.IsCommand && wall < Tiny))) // an unknown number is not small
        {
            return new Advice(work, machine, WorkCharacter.TooSmall, WorkerKind.Serial, 1, 1, [
                $"One task takes {Quantity.Time(wall)}"
                + (wall < Tiny ? ", less than handing it over would." : $", all {work.Tasks} together {Quantity.Time(wall * (work.Tasks ?? 1))}: not worth a second worker."),
            ], []);
        }

        WorkCharacter character = share < WaitsBelow ? WorkCharacter.IoBound : share > ComputesAbove ? WorkCharacter.CpuBound : WorkCharacter.Mixed;
        double ideal = Ideal(machine, share) * (1 + (work.CrashRate * RestartSeconds / wall));
        int workers = (int)Math.Clamp(Math.Ceiling(ideal - (Tolerance * machine.Cores)), 1, work.IsAsync && kind == WorkerKind.Threads ? MostAsync : MostThreads);
        var why = new List<string> { Share(work, character, share), Reason(work, kind), Formula(work, machine, share, workers, ideal) };
        if (Best(work.Ramp) is { } tried)
        {
            workers = tried.Workers;
            why.Add(Tried(work, tried));
        }

        workers = Limited(work, machine, kind, workers, why, out bool byMemory);
        if (byMemory)
            character = WorkCharacter.MemoryBound;
        return new Advice(work, machine, character, kind, workers, SpeedUp(work, machine, kind, workers), why, []);
    }

    /// <summary>Workers that memory and descriptors allow.</summary>
    public static int MostWorkers(Measurement work, MachineFacts machine, WorkerKind kind) =>
        Math.Min(FittingWorkers(work, machine, kind), Math.Max(1, machine.FreeDescriptors / DescriptorsOf(work, kind)));

    // The fewest workers that come close to the most tasks a second. Only what did not fail is a step.
    private static RampStep? Best(IReadOnlyList<RampStep> ramp) => ramp.Count == 0
        ? null
        : ramp.First(step => step.TasksPerSecond * (1 + (0.5 * (Ramp.Gain - 1))) >= ramp.Max(other => other.TasksPerSecond));

    private static string Tried(Measurement work, RampStep tried)
    {
        string steps = string.Join(", ", work.Ramp.Select(step => FormattableString.Invariant($"{step.Workers}: {step.TasksPerSecond:#,0.#}")));
        return $"Tried at once, tasks a second: {steps}. {Quantity.Workers(tried.Workers)} {(tried == work.Ramp[^1] ? "did most" : tried.Workers == 1 ? "was enough" : "were enough")}.";
    }

    /// <summary>What one task costs on a kind of worker beyond itself, in seconds.</summary>
    public static double HandOver(Measurement work, WorkerKind kind) => kind is WorkerKind.Processes or WorkerKind.Contexts && !work.IsCommand
        ? ProcessHandOver + work.PayloadSeconds
        : 0;

    /// <summary>What one worker takes, in bytes.</summary>
    public static long BytesPerWorker(Measurement work, WorkerKind kind) =>
        (work.PeakIsBound ? 0 : work.PeakBytes) + (kind == WorkerKind.Processes ? ProcessBytes : work.IsAsync ? 0 : ThreadBytes);

    /// <summary>Workers that fit into free memory.</summary>
    public static int FittingWorkers(Measurement work, MachineFacts machine, WorkerKind kind) =>
        (int)Math.Clamp(machine.FreeBytes * UsableMemory / Math.Max(1, BytesPerWorker(work, kind)), 1, int.MaxValue);

    // What computes gets the cores less the headroom, and a little more where it waits in between. What waits more fills all of them only on the average, and leaves
    // the headroom that way.
    private static double Ideal(MachineFacts machine, double share) => (share > ComputesAbove ? machine.WorkingCores : machine.Cores) / Math.Max(share, 1e-4);

    private static WorkerKind Kind(Measurement work, double share)
    {
        if (work.IsCommand)
            return WorkerKind.Threads; // it is a process by itself, and only has to be waited for
        if (work.Crash is not null)
            return WorkerKind.Processes;
        bool collects = work.CollectorSeconds > CollectorPart * work.Wall.Median;
        bool affordable = ProcessHandOver + work.PayloadSeconds < 0.1 * work.Wall.Median;
        return share >= WaitsBelow && collects && affordable ? WorkerKind.Processes : WorkerKind.Threads;
    }

    private static int Limited(Measurement work, MachineFacts machine, WorkerKind kind, int workers, List<string> why, out bool byMemory)
    {
        if (work.Tasks is { } tasks && tasks < workers)
        {
            workers = tasks;
            why.Add(tasks == 1 ? "There is only one task." : $"There are only {tasks} tasks.");
        }

        int fitting = FittingWorkers(work, machine, kind);
        byMemory = fitting < workers;
        if (byMemory)
        {
            workers = fitting;
            why.Add($"Memory allows {workers}: each takes {Quantity.Bytes(BytesPerWorker(work, kind))}, and {Quantity.Bytes(machine.FreeBytes)} are free.");
        }

        int descriptors = DescriptorsOf(work, kind);
        int open = Math.Max(1, machine.FreeDescriptors / descriptors);
        if (open < workers)
        {
            workers = open;
            why.Add($"File descriptors allow {workers}: {machine.FreeDescriptors} are free, and each worker takes about {descriptors}. 'ulimit -n' sets the limit.");
        }

        return workers;
    }

    private static int DescriptorsOf(Measurement work, WorkerKind kind) =>
        work.IsCommand ? DescriptorsPerCommand : kind == WorkerKind.Processes ? DescriptorsPerProcess : 1;

    // So many at a time at most, and no more of them than the cores can compute.
    private static double SpeedUp(Measurement work, MachineFacts machine, WorkerKind kind, int workers)
    {
        double wall = work.OwnSeconds, cost = HandOver(work, kind);
        if (work.Ramp.FirstOrDefault(step => step.Workers == workers) is { } tried)
            return Math.Min(workers, tried.TasksPerSecond * wall);
        double busy = work.Cpu.Median + cost;
        double byWorkers = workers * wall / (wall + cost);
        double byCores = busy > 0 ? machine.Cores * wall / busy : double.PositiveInfinity;

        // The last round of tasks may not fill all workers.
        double byRounds = work.Tasks is { } tasks ? tasks / Math.Ceiling(tasks / (double)workers) : double.PositiveInfinity;
        return Math.Min(Math.Min(byWorkers, byCores), byRounds);
    }

    private static string Share(Measurement work, WorkCharacter character, double share)
    {
        string times = $"{Quantity.Time(work.OwnSeconds)} a task, of which {Quantity.Time(work.Cpu.Median)} on a core ({Quantity.Percent(share)})";
        return character switch
        {
            WorkCharacter.IoBound => $"It waits: {times}.",
            WorkCharacter.CpuBound => $"It computes: {times}.",
            _ => $"It computes and waits: {times}.",
        };
    }

    private static string Reason(Measurement work, WorkerKind kind) => (kind, work) switch
    {
        (_, { IsCommand: true }) => "A command is a process by itself: a thread that waits for it is enough.",
        (WorkerKind.Processes, { Crash: not null }) => "It ends its process: only worker processes survive that.",
        (WorkerKind.Processes, _) =>
            $"It allocates {Quantity.Bytes(work.AllocatedBytes)} a task, and the garbage collector stops it for {Quantity.Percent(work.CollectorSeconds / work.Wall.Median)} "
            + "of its time: threads would all be stopped together, processes collect each on its own.",
        (_, { IsAsync: true }) => "It waits asynchronously, and holds no thread meanwhile: a worker of a ThreadExecutor costs nearly nothing.",
        _ => "Threads are the cheapest worker, and nothing speaks against them.",
    };

    private static string Formula(Measurement work, MachineFacts machine, double share, int workers, double ideal)
    {
        if (share > ComputesAbove)
        {
            string more = work.CrashRate > 0 && workers > machine.WorkingCores ? ", and some more, since workers that have ended are missing until others have started"
                : share > 1.2 ? FormattableString.Invariant($", divided by the {share:0.0} cores that one task uses")
                : workers > machine.WorkingCores ? ", and a little more since it waits in between" : "";
            return $"{Quantity.Workers(workers)}: the {machine.Cores} cores less a fifth for the rest of the machine{more}.";
        }

        string most = ideal > workers + 1 ? $" would be {(ideal > MostAsync ? "more than 10,000" : $"{ideal:0}")}, and more than {workers} at a time bring little" : "";
        return $"{Quantity.Workers(workers)}: {machine.Cores} cores × wall time / processor time{most}.";
    }
}
