using System.Diagnostics;
using ManyHands.Advisor;

namespace ManyHands.Lab;

/// <summary>
/// The order in which ways are timed. Those that are compared with one another, the ways of one experiment on one runtime, take turns: each round has every
/// one of them once, in an order of its own, so what disturbs the machine for a while disturbs all alike, and none is always the one behind the same other.
/// They have three rounds before the next are begun: if the time ends, what was begun is complete, and the rest is left out. Only then come further rounds.
/// </summary>
internal sealed class Rounds(IReadOnlyList<Trial> trials, LabOptions options, long started)
{
    // Rounds that disturbed ones may be repeated in, each time that there are to be more.
    private const int MoreRounds = 2;

    private readonly Random _random = new(1); // another order in each round, the same ones each time

    // Ours first: the other runtimes are compared with themselves, and take longest.
    private readonly Trial[][] _compared =
    [
        .. trials.GroupBy(trial => (trial.Experiment, trial.Contestant.Runtime)).OrderBy(group => group.Key.Runtime == Contestant.DotNet ? 0 : 1).Select(group => group.ToArray()),
    ];

    /// <summary>Times all, or as much as there is time for.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (int rounds = Math.Min(LabResult.LeastRounds, options.Rounds); rounds <= options.Rounds; rounds++)
        {
            foreach (Trial[] compared in _compared)
            {
                if (!await RunAsync(compared, rounds, cancellationToken).ConfigureAwait(false))
                {
                    LeaveOutIncomplete();
                    return;
                }
            }
        }
    }

    // Until all have so many rounds. A machine that is never quiet is not waited for.
    private async Task<bool> RunAsync(Trial[] compared, int rounds, CancellationToken cancellationToken)
    {
        for (int more = 0; more <= MoreRounds && !compared.All(trial => trial.Has(rounds)); more++)
        {
            int before = compared.Where(trial => !trial.Has(rounds)).Min(trial => trial.Rounds);
            for (int round = before; round < Math.Max(rounds, before + 1); round++)
            {
                foreach (Trial trial in Order(compared, isFirst: round == 0))
                {
                    if (trial.Has(rounds))
                        continue;
                    if (options.Budget is { } budget && Stopwatch.GetElapsedTime(started) > budget)
                        return false;
                    Report(trial);
                    await trial.RunAsync(MachineFacts.Here().FreeBytes, cancellationToken).ConfigureAwait(false);
                }
            }

            if (!compared.Any(trial => trial.IsQuiet))
                break;
        }

        return true;
    }

    // Shuffled; but in the first round what the others are compared with comes first, since the time may end there.
    private Trial[] Order(Trial[] compared, bool isFirst)
    {
        Trial[] order = [.. compared];
        _random.Shuffle(order);
        return isFirst ? [.. order.OrderBy(trial => trial.IsBaseline ? 0 : 1)] : order;
    }

    private void LeaveOutIncomplete()
    {
        int least = Math.Min(LabResult.LeastRounds, options.Rounds);
        foreach (Trial trial in trials.Where(trial => trial.LeftOut is null && trial.Rounds < least))
        {
            trial.LeaveOut(trial.Rounds == 0
                ? $"there was no time left; --rounds {least} takes as long as it needs"
                : $"there was no time for {least} rounds; --rounds {least} takes as long as it needs");
        }
    }

    private void Report(Trial trial)
    {
        int total = trials.Count * options.Rounds, done = trials.Sum(one => one.Has(options.Rounds) ? options.Rounds : Math.Min(one.Rounds, options.Rounds));
        string doing = $"{trial.Experiment.Title}: {trial.Contestant.Label}, {trial.Contestant.Workers}";
        options.Progress?.Report(new LabProgress(doing, done, total, Left(done, total)));
    }

    private TimeSpan? Left(int done, int total)
    {
        if (done == 0)
            return null;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started), left = elapsed / done * (total - done);
        return options.Budget is { } budget && budget - elapsed < left ? budget > elapsed ? budget - elapsed : TimeSpan.Zero : left;
    }
}
