using System.Collections.Concurrent;
using ManyHands.Payloads;
using ManyHands.Platform;
using ManyHands.Pooling;

namespace ManyHands.Adaptive;

/// <summary>
/// Looks at what is running, a hundred times a second, and has each method's choice made and followed. Asleep while nothing
/// runs. Refers to pools only, not to the executor: nobody would notice that it has been forgotten.
/// </summary>
internal sealed class Adaptation
{
    private static readonly TimeSpan _beat = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan _memoryBeat = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _longestTrust = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<WorkReference, AdaptiveMethod> _methods = [];
    private readonly PoolClock _clock;
    private readonly ExecutorOptions _options;
    private readonly Lock _gate = new();
    private int _isAwake;
    private bool _isClosed;
    private TimeSpan _memoryDue;
    private TimeSpan _learnAgainDue;
    private TimeSpan _trust = TimeSpan.FromSeconds(1);
    private int _processes;
    private int _fitting = int.MaxValue;

    /// <summary>Makes one.</summary>
    /// <param name="processes">The pool of worker processes.</param>
    /// <param name="limits">What there is to choose from.</param>
    /// <param name="options">For executors of threads.</param>
    public Adaptation(WorkerPool processes, Limits limits, ExecutorOptions options)
    {
        Processes = processes;
        Limits = limits;
        _options = options;
        _processes = limits.Computing;
        _clock = new PoolClock(TimeProvider.System, LookSafely);
    }

    public WorkerPool Processes { get; }

    public Limits Limits { get; }

    public WorkerReadings Readings { get; } = new();

    /// <summary>Something is measured in the worker processes.</summary>
    public bool IsLearning { get; private set; }

    public IReadOnlyList<WorkChoice> Choices =>
        [.. Works.Where(work => work.IsUsed).Select(work => WithMemory(work.Shown)).OrderBy(choice => choice.Work, StringComparer.Ordinal)];

    /// <summary>The executors of threads that there are.</summary>
    public IEnumerable<ThreadExecutor> Threads => Works.Select(work => work.Threads).OfType<ThreadExecutor>();

    private IEnumerable<AdaptiveWork> Works => _methods.Values.SelectMany(method => method.Works);

    /// <summary>What is known of a method's submissions that declare this kind.</summary>
    public AdaptiveWork Of(WorkReference reference, WorkKind? kind)
    {
        AdaptiveMethod method = _methods.TryGetValue(reference, out AdaptiveMethod? known)
            ? known
            : _methods.GetOrAdd(reference, static (reference, self) => new AdaptiveMethod(self, reference), this);
        return method.Declared(kind);
    }

    /// <summary>There is something to look at.</summary>
    public void Wake()
    {
        if (Volatile.Read(ref _isAwake) == 0 && Interlocked.Exchange(ref _isAwake, 1) == 0 && _clock.WakeAt(_clock.Now) is not null)
            Volatile.Write(ref _isAwake, 0); // the system gives no thread: all stays as it is, and the next submission tries again
    }

    /// <exception cref="ObjectDisposedException">The executor has been closed.</exception>
    public ThreadExecutor NewThreads()
    {
        using (Uninterrupted.Hold(_gate))
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(Executor));
            return new ThreadExecutor(_options with { Workers = Limits.MostWaiting }, Limits.MostWaiting);
        }
    }

    /// <summary>The executor is being closed: what is on threads ends there, whatever is found out about it now.</summary>
    public bool IsClosing { get; set; }

    /// <summary>Looks no more, and makes no more executors.</summary>
    /// <returns>Those that are to be closed.</returns>
    public ThreadExecutor[] Close()
    {
        using (Uninterrupted.Hold(_gate))
            _isClosed = true;
        _clock.Stop();
        return [.. Threads];
    }

    // Nobody else would ever look again: it counts as awake.
    private void LookSafely()
    {
        try
        {
            Look();
        }
        catch (Exception error) // no memory, say: what was not decided now is decided at the next look
        {
            LibraryThread.Report(error);
            _ = _clock.WakeAt(_clock.Now + _beat);
        }
    }

    private void Look()
    {
        TimeSpan now = _clock.Now;
        AdaptiveWork[] active = [.. Works.Where(work => work.IsActive)];
        if (now >= _learnAgainDue)
            LearnAgain(active, now);
        bool learns = active.Any(work => work.IsLearning);
        if (learns && !IsLearning)
            Readings.Forget();
        IsLearning = learns;
        Dictionary<AdaptiveWork, Measurement> unended = learns ? Unended() : [];
        foreach (AdaptiveWork work in active)
            Look(work, unended.GetValueOrDefault(work));
        if (now >= _memoryDue)
            LookAtMemory(now);
        Limit(active);
        if (active.Length > 0)
        {
            _ = _clock.WakeAt(now + _beat); // the thread is there: it is this one
            return;
        }

        Volatile.Write(ref _isAwake, 0);
        Interlocked.MemoryBarrier();
        if (Works.Any(work => work.IsActive))
            Wake(); // submitted in between
    }

    private static void Look(AdaptiveWork work, Measurement unended)
    {
        try
        {
            work.Look(unended);
        }
        catch (ObjectDisposedException)
        {
            // Closed in between.
        }
    }

    private Dictionary<AdaptiveWork, Measurement> Unended()
    {
        var byWork = new Dictionary<AdaptiveWork, Measurement>();
        foreach (var (work, seen) in Readings.Look(Processes.Look(), worker => worker.Running is AdaptiveWork { IsLearning: true } running ? running : null))
            byWork[work] = byWork.GetValueOrDefault(work) + seen;
        return byWork;
    }

    // What computes at first need not do so for ever; what is seen again and again is asked more and more seldom.
    private void LearnAgain(AdaptiveWork[] active, TimeSpan now)
    {
        foreach (AdaptiveWork work in active)
            work.LearnAgain();
        _learnAgainDue = now + _trust;
        _trust = _trust * 2 < _longestTrust ? _trust * 2 : _longestTrust;
    }

    private void LookAtMemory(TimeSpan now)
    {
        _memoryDue = now + _memoryBeat;
        long[] sizes = [.. Processes.Look().Select(worker => worker.Pid is { } pid ? ProcessControl.ResidentBytes(pid) : 0)];
        _fitting = sizes.Length == 0 ? int.MaxValue : Memory.Fitting(sizes.Max(), sizes.Sum(), ProcessControl.FreeBytes);
    }

    private void Limit(AdaptiveWork[] active)
    {
        int wanted = active.Where(work => work.EncodesNext).Select(work => work.Workers).DefaultIfEmpty(_processes).Max();
        int processes = Math.Min(Math.Max(wanted, 1), _fitting);
        if (processes == _processes)
            return;
        _processes = processes;
        Processes.SetLimit(processes);
    }

    private WorkChoice WithMemory(WorkChoice choice) => choice.Executor == nameof(ThreadExecutor) || choice.Workers <= _fitting
        ? choice
        : choice with { Workers = _fitting, Reason = $"{choice.Reason}; no more, since memory is short for more workers of this size" };
}
