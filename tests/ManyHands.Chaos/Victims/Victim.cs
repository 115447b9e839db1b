using System.Globalization;
using System.Runtime.InteropServices;
using ManyHands.Chaos.Boards;

namespace ManyHands.Chaos.Victims;

/// <summary>
/// The worker's side: writes on the board what the worker is doing, and ends it at the moment that its fate says. In the parent, where the same
/// codec runs, all of it does nothing.
/// </summary>
internal static class Victim
{
    private static readonly AutoResetEvent _sent = new(initialState: false);
    private static readonly ManualResetEvent _never = new(initialState: false);
    private static readonly TimeSpan _idleAfter = TimeSpan.FromMilliseconds(1.5);

    private static Board? _board;
    private static int _index;
    private static int _task;
    private static int _run;
    private static Fate _fate;
    private static int _lane;

    private static ref WorkerRecord Record => ref _board!.Worker(_index);

    /// <summary>The initializer's argument.</summary>
    public static string Address(string board, int pool) => string.Create(CultureInfo.InvariantCulture, $"{pool}{board}");

    /// <summary>The initializer: enters the board and takes a fate.</summary>
    public static void Begin(string address)
    {
        var board = Board.Open(address[1..]);
        int pool = address[0] - '0';
        _index = Interlocked.Increment(ref board.Head.Workers) - 1;
        ref WorkerRecord record = ref board.Worker(_index);
        record.Pool = pool;
        record.Birth = BirthOf("self");
        record.Fate = _fate = board.TakeFate(pool);
        _board = board;
        _lane = gettid();
        Enter(Moment.Starting, isPid: true);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Retire();
        if (_fate is { Moment: Moment.Idle } or { Moment: Moment.Sent, Way: not Way.Alarm })
            new Thread(DieBetweenTasks, 256 * 1024) { IsBackground = true, Name = "fate" }.Start();
        Enter(Moment.Idle);
    }

    public static void Reading(int task)
    {
        if (_board is null)
            return;
        _task = task;
        Record.Task = task; // first: who may be struck between any two lines has gone on to it
        _run = Interlocked.Increment(ref _board.Task(task).Begun) - 1;
        if (_run < TaskRecord.Kept)
        {
            ref RunRecord run = ref _board.Task(task).Runs[_run];
            run.At = Clock.Now;
            Volatile.Write(ref run.Worker, _index + 1);
        }

        Enter(Moment.Reading);
    }

    public static void Executing()
    {
        if (_board is not null)
            Enter(Moment.Executing);
    }

    public static void Writing()
    {
        if (_board is not null)
            Enter(Moment.Writing);
    }

    /// <summary>The last line of the worker's own code for a task.</summary>
    public static void Ended()
    {
        if (_board is null)
            return;
        if (_run < TaskRecord.Kept)
            _board.Task(_task).Runs[_run].HasEnded = 1;
        Interlocked.Increment(ref _board.Task(_task).Ended);
        Record.Tasks++;
        Enter(Moment.Sent);
    }

    /// <summary>Comes to the meeting, and says whether all have come.</summary>
    public static Func<bool> AllHaveMet(int workers)
    {
        int pool = Record.Pool;
        Interlocked.Increment(ref _board!.Head.Met[pool]);
        return () => Volatile.Read(ref _board.Head.Met[pool]) >= workers;
    }

    /// <summary>When a process was started, in clock ticks since the machine was; 0 where there is none any more.</summary>
    public static long BirthOf(string process)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static void Enter(Moment moment, bool isPid = false)
    {
        ref WorkerRecord record = ref Record;
        record.Since = Clock.Now;
        record.Phase = moment;
        if (isPid)
            Volatile.Write(ref record.Pid, Environment.ProcessId);
        if (_fate.Moment != moment || record.Tasks < _fate.After || Volatile.Read(ref _board!.Head.Ceasefire) != 0)
            return;
        if (moment == Moment.Sent && _fate.Way == Way.Alarm && record.Struck == 0)
            Death.ComeLater(ref record);
        else if (moment == Moment.Sent)
            _sent.Set(); // the lane goes on: the result is to be sent
        else if (moment != Moment.Idle)
            Death.Come(ref record, _fate.Way);
    }

    private static void DieBetweenTasks()
    {
        if (_fate.Moment == Moment.Sent)
        {
            _sent.WaitOne();
        }
        else
        {
            while (!IsIdle())
                _never.WaitOne(1);
        }

        Death.Come(ref Record, _fate.Way);
    }

    // Without a task that has been submitted, or with one that ended a while ago: before its first task a lane that looks idle may be
    // loading the work.
    private static bool IsIdle()
    {
        ref WorkerRecord record = ref Record;
        if (Volatile.Read(ref _board!.Head.Ceasefire) != 0 || record.Tasks < _fate.After || !LooksIdle(record) || !IsLaneAsleep())
            return false;

        // Asleep between two looks that found the same task ended: what it had to send has left.
        record.HasRested = LooksIdle(record) ? 1 : 0;
        return record.HasRested != 0;
    }

    private static bool LooksIdle(in WorkerRecord record) =>
        (record.Phase == Moment.Sent || (record.Phase == Moment.Idle && Volatile.Read(ref _board!.Head.Lull) != 0))
        && Clock.Between(record.Since, Clock.Now) >= _idleAfter;

    private static bool IsLaneAsleep()
    {
        string stat = File.ReadAllText($"/proc/self/task/{_lane}/stat");
        return stat[stat.LastIndexOf(')') + 2] == 'S';
    }

    private static void Retire()
    {
        if (Record.Struck == 0 && Record.Wish == Way.None)
            Enter(Moment.Retiring);
    }

    [DllImport("libc")]
    private static extern int gettid();
}
