using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;

namespace ManyHands.Chaos.Boards;

/// <summary>
/// The ledger: a file that the parent and all workers have mapped. Workers write what they do as they do it, so it says what a worker was doing
/// when it died, whatever way it died in. The library knows nothing of it.
/// </summary>
internal sealed unsafe class Board : IDisposable
{
    private static readonly int _headSize = (sizeof(BoardHead) + 63) & ~63;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _memory;

    private Board(MemoryMappedFile file)
    {
        _file = file;
        _view = file.CreateViewAccessor();
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _memory);
    }

    public ref BoardHead Head => ref *(BoardHead*)_memory;

    public static Board Create(string path, int workers, int tasks)
    {
        long size = _headSize + ((long)workers * sizeof(WorkerRecord)) + ((long)tasks * sizeof(TaskRecord));

        // Written through a mapping, a full disk would end the process without a word.
        using (File.Open(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = size }))
        {
        }

        var board = new Board(MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, size));
        board.Head.MaxWorkers = workers;
        board.Head.MaxTasks = tasks;
        return board;
    }

    public static Board Open(string path) => new(MemoryMappedFile.CreateFromFile(path, FileMode.Open));

    public ref WorkerRecord Worker(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Head.MaxWorkers, nameof(index));
        return ref Unsafe.AsRef<WorkerRecord>(_memory + _headSize + ((long)index * sizeof(WorkerRecord)));
    }

    public ref TaskRecord Task(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Head.MaxTasks, nameof(index));
        return ref Unsafe.AsRef<TaskRecord>(
            _memory + _headSize + ((long)Head.MaxWorkers * sizeof(WorkerRecord)) + ((long)index * sizeof(TaskRecord)));
    }

    /// <summary>The next fate of a pool's plan; none where nothing is planned.</summary>
    public Fate TakeFate(int pool)
    {
        int number = Interlocked.Increment(ref Head.Taken[pool]) - 1;
        return number < Volatile.Read(ref Head.Planned[pool]) ? Planned(pool, number) : default;
    }

    /// <summary>A place in a pool's plan.</summary>
    public ref Fate Planned(int pool, int number) => ref Head.Plan[(pool * BoardHead.Fates) + (number % BoardHead.Fates)];

    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
