using System.Runtime.ExceptionServices;
using ManyHands.Completions;

namespace ManyHands.Maps;

/// <summary>
/// An ordinary sequence whose next item may take its time: moved by a thread of the library's own, so that results, errors and cancellation do not wait for
/// it. Many items are read at one go, and while that goes on briskly the reader waits, as if it read them itself: sequence and loop do not run at
/// the same time. Only when the sequence makes it wait for milliseconds the reader goes on without it.
/// </summary>
/// <remarks>All but the thread's part is called by one reader, one call after the other.</remarks>
internal sealed class ThreadedInput<T>(IEnumerable<T> items) : IAsyncEnumerator<T>
{
    // What is read is not to lie here for long.
    private const long LongestRead = 1;

    // Looks of the watch without progress: few where the thread is known to wait, more where it may compute, read a file, or lack a processor.
    private const int LooksUntilSlow = 10;

    private const long SlowMilliseconds = 2;

    private readonly object _gate = new();
    private readonly IEnumerator<T> _items = items.GetEnumerator();
    private T[] _read = [];
    private int _filled; // by the thread
    private int _taken; // by the reader
    private bool _isMoving;
    private bool _hasEnded;
    private bool _isDisposed;
    private ExceptionDispatchInfo? _error;
    private ExecutionContext? _context;
    private volatile Thread? _thread;

    private volatile bool _isSlow; // the reader has gone on without it
    private bool _isQuickAgain; // the next read is awaited
    private TaskCompletionSource? _waiting; // the reader waits: for the end of a read, or, where the input is slow, for the next item
    private TaskCompletionSource? _disposed;
    private long _waitsSince;
    private bool _isLookedAfter;
    private int _seen;
    private int _looks;

    public T Current { get; private set; } = default!;

    /// <summary>The thread is in the sequence's code.</summary>
    public bool IsMoving
    {
        get
        {
            using (Uninterrupted.Hold(_gate))
                return _isMoving;
        }
    }

    /// <summary>Something has been read that was not taken.</summary>
    public bool HasRead => _taken < Volatile.Read(ref _filled);

    /// <summary>All that was read has been taken, and the next items have not been asked for.</summary>
    public bool IsDry
    {
        get
        {
            if (HasRead)
                return false;
            using (Uninterrupted.Hold(_gate))
                return !_isMoving && !_hasEnded;
        }
    }

    /// <summary>Has the next items read. Called where it <see cref="IsDry"/>.</summary>
    /// <param name="most">How many.</param>
    /// <returns>Ends when they have been read, or some of them and a millisecond has passed, or the sequence has made it wait.</returns>
    public Task ReadAsync(int most)
    {
        if (_isQuickAgain)
            _isSlow = _isQuickAgain = false; // not before: the thread says what it has read while it is slow
        bool wasSlow = _isSlow;
        if (_read.Length != most)
            _read = new T[most];
        _taken = 0;
        Volatile.Write(ref _filled, 0);
        _context = ExecutionContext.Capture();
        var waiting = wasSlow ? null : new TaskCompletionSource();
        bool looks;
        using (Uninterrupted.Hold(_gate))
        {
            _isMoving = true;
            (_waiting, _seen, _looks) = (waiting, -1, 0);
            looks = waiting is not null && !_isLookedAfter;
            _isLookedAfter |= looks;
        }

        if (!HelperThread.TryRun(Read))
            Read(); // as well as it can be done without
        if (looks)
            CompletionWatch.LookAfter(IsDecided);
        return waiting?.Task ?? Task.CompletedTask;
    }

    public ValueTask<bool> MoveNextAsync()
    {
        if (HasRead)
            return new ValueTask<bool>(Take());
        TaskCompletionSource waiting;
        using (Uninterrupted.Hold(_gate))
        {
            if (_isDisposed || !_isMoving)
                return HasRead ? new ValueTask<bool>(Take()) : _hasEnded || _isDisposed ? End() : new ValueTask<bool>(ReadOnAsync());
            _waiting = waiting = new TaskCompletionSource();
            _waitsSince = Environment.TickCount64;
        }

        // The thread says so after each item while it is slow, but without a barrier, which would be dear for those that are not.
        Interlocked.MemoryBarrierProcessWide();
        if (HasRead)
            GoOn();
        return new ValueTask<bool>(AwaitNextAsync(waiting.Task));
    }

    public async ValueTask DisposeAsync()
    {
        TaskCompletionSource? disposed = null;
        using (Uninterrupted.Hold(_gate))
        {
            _isDisposed = true;
            if (_isMoving)
                _disposed = disposed = new TaskCompletionSource();
        }

        if (disposed is null)
            _items.Dispose();
        else
            await disposed.Task.Here(); // the thread does it: an enumerator may not be disposed while it is moving
    }

    private async Task<bool> AwaitNextAsync(Task next)
    {
        await next.Here();
        if (Environment.TickCount64 - _waitsSince < SlowMilliseconds)
            _isQuickAgain = true;
        if (HasRead)
            return Take();

        // The end, or what it was told of had been taken before it waited.
        Task<bool> again = MoveNextAsync().AsTask();
        await ((Task)again).Here();
        return await again.ConfigureAwait(false);
    }

    private async Task<bool> ReadOnAsync()
    {
        await ReadAsync(Math.Max(_read.Length, 1)).Here();
        Task<bool> next = MoveNextAsync().AsTask();
        await ((Task)next).Here();
        return await next.ConfigureAwait(false);
    }

    private bool Take()
    {
        Current = _read[_taken];
        _read[_taken++] = default!;
        return true;
    }

    // As an asynchronous sequence would report it.
    private ValueTask<bool> End() => _error is { SourceException: { } error } ? ValueTask.FromException<bool>(error) : new ValueTask<bool>(false);

    // ---- The thread.

    private void Read()
    {
        _thread = Thread.CurrentThread;
        if (_context is { } context)
            ExecutionContext.Run(context, static input => ((ThreadedInput<T>)input!).Fill(), this);
        else
            Fill();
        _thread = null;
        TaskCompletionSource? disposed, waiting;
        using (Uninterrupted.Hold(_gate))
        {
            (disposed, waiting) = (_disposed, _waiting);
            _waiting = null;
            _isMoving = disposed is not null;
        }

        if (disposed is not null)
            DisposeItems(disposed);
        GoOn(waiting);
    }

    private void Fill()
    {
        long started = Environment.TickCount64;
        try
        {
            while (_filled < _read.Length && !Volatile.Read(ref _isDisposed))
            {
                if (!_items.MoveNext())
                {
                    _hasEnded = true;
                    return;
                }

                _read[_filled] = _items.Current;
                Volatile.Write(ref _filled, _filled + 1);
                if (_isSlow)
                    GoOn();
                else if (Environment.TickCount64 - started > LongestRead)
                    return;
            }
        }
        catch (Exception error) // the sequence is code of others, and its error is its caller's
        {
            _error = ExceptionDispatchInfo.Capture(error);
            _hasEnded = true;
        }
    }

    private void DisposeItems(TaskCompletionSource disposed)
    {
        Exception? failure = null;
        try
        {
            _items.Dispose();
        }
        catch (Exception error) // as above
        {
            failure = error;
        }

        Errands.Run(
            static end =>
            {
                if (end.Failure is null)
                    end.Disposed.SetResult();
                else
                    end.Disposed.SetException(end.Failure);
            },
            (Disposed: disposed, Failure: failure));
    }

    private void GoOn()
    {
        TaskCompletionSource? waiting;
        using (Uninterrupted.Hold(_gate))
        {
            waiting = _waiting;
            _waiting = null;
        }

        GoOn(waiting);
    }

    // The reader goes on elsewhere: the thread has something else to do.
    private static void GoOn(TaskCompletionSource? waiting)
    {
        if (waiting is not null)
            Errands.Run(static waiting => waiting.SetResult(), waiting);
    }

    // ---- The watch.

    private bool IsDecided()
    {
        using (Uninterrupted.Hold(_gate))
        {
            if (_waiting is null || !_isMoving)
                return !(_isLookedAfter = false);
            int filled = Volatile.Read(ref _filled);
            if (filled != _seen)
            {
                (_seen, _looks) = (filled, 0);
                return false;
            }

            bool waits = _thread is { } thread && (thread.ThreadState & ThreadState.WaitSleepJoin) != 0;
            if (++_looks < LooksUntilSlow && !waits)
                return false;
            _isSlow = true;
            _isLookedAfter = false;
        }

        GoOn();
        return true;
    }
}
