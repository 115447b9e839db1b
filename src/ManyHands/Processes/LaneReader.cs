using ManyHands.Completions;
using ManyHands.Protocol;

namespace ManyHands.Processes;

/// <summary>
/// Reads what a lane says, tells the pool what has ended, and lets the callers go on: their continuations run on the reading thread. When one
/// of them keeps the thread, another goes on reading.
/// </summary>
internal sealed class LaneReader
{
    private readonly ProcessLane _lane;
    private readonly Action<List<Ending>> _ended;
    private readonly Action<FrameHeader, ReadOnlyMemory<byte>> _greeted;
    private readonly Action<Exception> _broken;
    private readonly Action? _beforeResults;
    private readonly string _name;
    private readonly ManualResetEventSlim _done = new();
    private bool _isBroken;

    /// <summary>Makes a reader that has not begun.</summary>
    /// <param name="lane">What to read.</param>
    /// <param name="ended">Told of the items that have ended, before their callers are.</param>
    /// <param name="greeted">Told of frames that are about the worker.</param>
    /// <param name="broken">Told that the worker sent what it must not send; nothing is read after that.</param>
    /// <param name="name">Of its threads.</param>
    /// <param name="beforeResults">Called before frames are handled that came together, if there is something to be done first.</param>
    public LaneReader(
        ProcessLane lane, Action<List<Ending>> ended, Action<FrameHeader, ReadOnlyMemory<byte>> greeted, Action<Exception> broken, string name,
        Action? beforeResults = null)
    {
        _lane = lane;
        _ended = ended;
        _greeted = greeted;
        _broken = broken;
        _name = name;
        _beforeResults = beforeResults;
    }

    // The usual stack, since callers' continuations run on it; without the context of whoever submitted first.
    public void Start() => LibraryThread.Start(_name, () => Run([]), static _ => { });

    /// <summary>Waits until everything has been read.</summary>
    public void Join() => _done.Wait();

    private void Run(List<Ending> endings)
    {
        using var run = new CompletionRun(() => Successor.TryStart(_name, Run));
        try
        {
            if (run.Publish(endings, here: CompletionWatch.TrustsContinuations) && (_isBroken || ReadAll(run, endings)))
                _done.Set();
        }
        catch (Exception error) // whatever it is, the worker cannot be heard any more, and nobody may wait for that
        {
            LibraryThread.Report(error);
            _isBroken = true;
            LibraryThread.Guard(() => _broken(error), static _ => { });
            endings.ForEach(ending => LibraryThread.Guard(ending.Publish, static _ => { }));
            _done.Set();
        }
    }

    /// <returns>False where another thread has taken over.</returns>
    private bool ReadAll(CompletionRun run, List<Ending> endings)
    {
        endings.Clear();
        bool isFirst = true;
        try
        {
            while (_lane.Reader.TryRead(out FrameHeader header))
            {
                if (isFirst)
                    _beforeResults?.Invoke();
                isFirst = !_lane.Reader.HasFrame;
                if (header.Kind is FrameKind.Hello or FrameKind.Ready or FrameKind.StartFailed or FrameKind.Printed)
                    _greeted(header, _lane.Reader.BodyMemory);
                else
                    _lane.Receive(header, endings);

                // Frames that arrived together are one turn of the pool's lock.
                if (_lane.Reader.HasFrame)
                    continue;
                if (endings.Count == 0)
                    _lane.ShowResults();
                else if (!Finish(run, endings))
                    return false;
            }
        }
        catch (Exception error) // what was read before it has ended all the same
        {
            if (error is not (ProtocolException or PayloadException or InvalidDataException))
                LibraryThread.Report(error);
            _isBroken = true; // for whoever takes over, too
            _broken(error); // its word cannot be trusted any more, and nobody reads what it writes
        }

        _lane.ShowAllResults();
        return endings.Count == 0 || Finish(run, endings);
    }

    private bool Finish(CompletionRun run, List<Ending> endings)
    {
        _lane.ShowAllResults(); // whoever takes over from this thread knows nothing of them
        _ended(endings);
        if (!run.Publish(endings, here: CompletionWatch.TrustsContinuations))
            return false; // the list is another's now
        endings.Clear();
        return true;
    }
}
