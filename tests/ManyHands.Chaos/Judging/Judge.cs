using ManyHands.Chaos.Boards;
using ManyHands.Chaos.Feeding;
using ManyHands.Chaos.Hunting;

namespace ManyHands.Chaos.Judging;

/// <summary>Holds what callers got against what workers wrote on the board.</summary>
internal sealed class Judge
{
    private readonly Board _board;
    private readonly TaskBook _book;
    private readonly ILookup<int, int> _workersByPid;
    private readonly int[] _unwitnessed;
    private readonly bool _isReaped;
    private readonly List<string> _collateral = [];
    private readonly List<string> _twice = [];
    private readonly List<string> _late = [];
    private readonly List<string> _unrun = [];
    private readonly List<string> _misnamed = [];
    private TimeSpan _longestUnsent;
    private int _unsent;
    private int _destroyed;
    private int _hidden;
    private int _ahead;

    /// <summary>Makes one.</summary>
    /// <param name="board">What the workers wrote.</param>
    /// <param name="book">What the callers got.</param>
    /// <param name="isReaped">Other code of this process took exit statuses, so that of some workers only the end is known.</param>
    public Judge(Board board, TaskBook book, bool isReaped)
    {
        _board = board;
        _isReaped = isReaped;
        _book = book;
        _workersByPid = Enumerable.Range(0, board.Head.Workers).ToLookup(index => board.Worker(index).Pid);
        _unwitnessed = new int[board.Head.Workers];
    }

    public void Pronounce(Verdict verdict)
    {
        var ends = new int[Enum.GetValues<TaskEnd>().Length];
        for (int task = 0; task < _book.Count; task++)
        {
            ends[(int)_book[task].End]++;
            Look(task);
        }

        int betweenTasks = CountStruck(Moment.Sent) + CountStruck(Moment.Idle);
        int unwitnessed = _unwitnessed.Sum();
        verdict.Say(
            $"  {ends[(int)TaskEnd.Result]:n0} results, {ends[(int)TaskEnd.Lost]:n0} lost with their worker, {ends[(int)TaskEnd.Cancelled]:n0} cancelled, "
            + $"{ends[(int)TaskEnd.TimedOut]:n0} out of time, {ends[(int)TaskEnd.Threw]:n0} threw, {ends[(int)TaskEnd.Left]:n0} in maps that were left");
        verdict.Say(
            $"  Of the lost, {unwitnessed} died between the library's mark and the first line of our code, {_unsent} between our last line and the wire "
            + $"(at most {_longestUnsent.TotalMilliseconds:f3} ms after it); of {_destroyed} their worker overwrote the results it had sent; "
            + $"of {_ahead} it said that they had begun, and of {_hidden} that ran again that they had not.");

        verdict.None("tasks lost: neither result nor error", ends[(int)TaskEnd.None], Named(TaskEnd.None));
        verdict.None("tasks with two ends", ends[(int)TaskEnd.Twice], _book.Examples(TaskEnd.Twice));
        verdict.None("tasks run twice without leave", _twice.Count, _twice);
        verdict.None("tasks begun after their caller had their end", _late.Count, _late);
        verdict.None("collateral failures", _collateral.Count, _collateral);
        verdict.None("losses with another cause than the worker's death", _misnamed.Count, _misnamed);
        verdict.None("errors that no task should have", ends[(int)TaskEnd.Unexpected], _book.Examples(TaskEnd.Unexpected));
        verdict.None("results wrong", ends[(int)TaskEnd.Wrong], _book.Examples(TaskEnd.Wrong));
        verdict.None("results of which the ledger knows no run", _unrun.Count, _unrun);
        verdict.None("results of ordered maps out of order", _book.OutOfOrder, _book.Examples(TaskEnd.Wrong));
        verdict.None("maps stopped by a worker that nobody killed", _book.NamedByMaps.Count(pid => !WasStruck(pid)));
        verdict.Judge(
            "lost before their first line, of the dead between tasks", $"{unwitnessed} of {betweenTasks}", unwitnessed <= Math.Max(3, betweenTasks / 4));
    }

    private static bool MayRunAgain(TaskKind kind) => kind == TaskKind.Repeatable;

    private void Look(int task)
    {
        ref TaskLine line = ref _book[task];
        ref TaskRecord record = ref _board.Task(task);
        int runs = Math.Min(record.Begun, TaskRecord.Kept);
        if (record.Begun > (MayRunAgain(line.Kind) ? TaskRecord.Kept : 1) + CountHidden(record))
            _twice.Add($"task {task} ({line.Kind}) began {record.Begun} times");
        for (int run = 0; run < runs; run++)
        {
            ref RunRecord now = ref record.Runs[run];
            if (run + 1 < runs && IsDestroyer(now.Worker - 1))
                _destroyed++; // and what may run again was run again, since its result was gone
            else if (run + 1 < runs && Died(now.Worker - 1, Way.HideMarks))
                _hidden++;
            else if (run + 1 < runs && !DiedWith(now.Worker - 1, task))
                _twice.Add($"task {task} ({line.Kind}) ran again although the worker of its run {run + 1} did not die with it");
            if (now.At > line.SeenAt && line.End is not (TaskEnd.Left or TaskEnd.None))
                _late.Add($"task {task} ({line.Kind}) began {Clock.Between(line.SeenAt, now.At).TotalMilliseconds:f3} ms after its end was {line.End}");
        }

        if (line.End is TaskEnd.Result or TaskEnd.Threw && record.Ended == 0)
            _unrun.Add($"task {task} ({line.Kind}): {line.End}, begun {record.Begun} times");
        if (line.End == TaskEnd.Lost)
            LookAtLoss(task, line);
    }

    private void LookAtLoss(int task, TaskLine line)
    {
        string who = $"task {task} ({line.Kind}), lost with process {line.Pid}";
        int worker = _workersByPid[line.Pid].LastOrDefault(index => HasRun(index, task), -1);
        if (worker < 0)
        {
            // It was marked as begun and had not reached our code: possible for one task of a worker that was between two. The system gives a
            // process id again after some ten thousand others, so there may be several such workers.
            int[] dead = [.. _workersByPid[line.Pid].Where(index => _board.Worker(index).Struck != 0)];
            if (dead.Any(index => Died(index, Way.MarkAhead)))
            {
                _ahead++;
                return;
            }

            worker = dead.LastOrDefault(index => _board.Worker(index).Phase is Moment.Idle or Moment.Sent && _unwitnessed[index] == 0, -1);
            if (worker >= 0)
                _unwitnessed[worker]++;
            else
                _collateral.Add(dead.Length == 0 ? $"{who}: no such worker was killed" : $"{who}: the worker had not begun it; {Describe(dead[^1])}");
            return;
        }

        ref WorkerRecord record = ref _board.Worker(worker);
        if (!IsCause(record.Fate.Way, line.Cause))
            _misnamed.Add($"{who} because of {line.Cause}; {Describe(worker)}");
        if (record.Struck == 0)
            _collateral.Add($"{who}: nobody killed the worker; {Describe(worker)}");
        else if (record.Task != task && IsDestroyer(worker))
            _destroyed++; // results that it had written, and overwrote before the parent had read them
        else if (record.Task != task)
            _collateral.Add($"{who}: the worker had gone on to another task; {Describe(worker)}");
        else if (record.Phase is Moment.Reading or Moment.Executing or Moment.Writing)
            return;
        else if (record.HasRested != 0 && line.Kind is not (TaskKind.Large or TaskKind.Throwing)) // those have to wait for room, or for a stack trace
            _collateral.Add($"{who}: the worker had nothing to send any more; {Describe(worker)}");
        else
            AddUnsent(record);
    }

    private void AddUnsent(in WorkerRecord record)
    {
        _unsent++;
        TimeSpan after = Clock.Between(record.Since, record.Struck);
        _longestUnsent = after > _longestUnsent ? after : _longestUnsent;
    }

    // Where the lie is found out, the library ends the worker; else the worker ends itself some seconds later.
    private bool IsCause(Way way, WorkerLossCause cause) => (_isReaped && cause == WorkerLossCause.Unknown) || way switch
    {
        Way.EndMarks or Way.MarkAhead or Way.HideMarks or Way.FloodPongs => cause is WorkerLossCause.ProtocolError or WorkerLossCause.Killed,
        Way.CloseAll => cause != WorkerLossCause.Unknown, // the runtime has lost files of its own, and ends in many ways
        Way.KillFromOutside or Way.StopThenKill or Way.KillItself => cause == WorkerLossCause.Killed,
        Way.Abort or Way.Fault or Way.Alarm => cause == WorkerLossCause.Crashed,
        Way.Exit or Way.ExitNow or Way.EndControl => cause == WorkerLossCause.Exited,
        Way.FailFast => cause == WorkerLossCause.FailFast,
        Way.StackOverflow => cause == WorkerLossCause.StackOverflow,
        _ => cause == WorkerLossCause.ProtocolError,
    };

    private bool HasRun(int worker, int task)
    {
        ref TaskRecord record = ref _board.Task(task);
        for (int run = 0; run < Math.Min(record.Begun, TaskRecord.Kept); run++)
        {
            if (record.Runs[run].Worker == worker + 1)
                return true;
        }

        return false;
    }

    private bool DiedWith(int worker, int task) => worker >= 0 && _board.Worker(worker) is { Struck: not 0 } record && record.Task == task;

    private bool IsDestroyer(int worker) => Died(worker, Way.Scribble) || Died(worker, Way.SpoilRings);

    private bool Died(int worker, Way way) => worker >= 0 && _board.Worker(worker) is { Struck: not 0 } record && record.Fate.Way == way;

    // Nobody but the worker can know that they had begun.
    private int CountHidden(in TaskRecord record)
    {
        int hidden = 0;
        for (int run = 0; run < Math.Min(record.Begun, TaskRecord.Kept); run++)
            hidden += Died(record.Runs[run].Worker - 1, Way.HideMarks) ? 1 : 0;
        return hidden;
    }

    private bool WasStruck(int pid) => _workersByPid[pid].Any(index => _board.Worker(index).Struck != 0);

    private int CountStruck(Moment moment) =>
        Enumerable.Range(0, _board.Head.Workers).Count(index => Hunter.StruckAt(_board.Worker(index)) == moment);

    private string Describe(int worker)
    {
        ref WorkerRecord record = ref _board.Worker(worker);
        return $"it was at {record.Phase} of task {record.Task} after {record.Tasks} tasks, fate {record.Fate.Moment} by {record.Fate.Way}";
    }

    private IEnumerable<string> Named(TaskEnd end) =>
        Enumerable.Range(0, _book.Count).Where(task => _book[task].End == end).Take(10).Select(task => $"task {task} ({_book[task].Kind})");
}
