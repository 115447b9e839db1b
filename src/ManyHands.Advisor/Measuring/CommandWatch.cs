namespace ManyHands.Advisor;

/// <summary>
/// Looks again and again at the memory of a command and its children while it runs. What the system tells at its end is no use for small programs: there
/// it counts the memory of the process that started it (getrusage(2): the figure survives exec).
/// </summary>
internal sealed class CommandWatch : IDisposable
{
    private static readonly TimeSpan _first = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan _longest = TimeSpan.FromMilliseconds(64);

    private readonly ManualResetEventSlim _ended = new();
    private Thread? _watching;
    private long _peak;

    /// <summary>The most seen so far, in bytes; 0 if it was over too soon, or the system does not tell.</summary>
    public long PeakBytes => Interlocked.Read(ref _peak);

    /// <summary>Begins, once the program runs in its process.</summary>
    public void Begin(int pid)
    {
        _watching = new Thread(() => Watch(pid)) { IsBackground = true, Name = "ManyHands memory watch" };
        _watching.Start();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Set();
        _watching?.Join();
        _ended.Dispose();
    }

    private void Watch(int pid)
    {
        TimeSpan pause = _first;
        bool alone = true; // to find its children takes a look at all processes
        do
        {
            Interlocked.Exchange(ref _peak, Math.Max(PeakBytes, ProcessTree.PeakBytes(pid, alone)));
            alone = false;
        }
        while (!_ended.Wait(Next(ref pause)));

        static TimeSpan Next(ref TimeSpan pause)
        {
            TimeSpan now = pause;
            pause = pause * 1.5 < _longest ? pause * 1.5 : _longest;
            return now;
        }
    }
}
