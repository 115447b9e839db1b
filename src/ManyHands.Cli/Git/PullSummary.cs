using System.Globalization;

namespace ManyHands.Cli.Git;

/// <summary>The sum of a pull: how many came out in which state.</summary>
internal sealed class PullSummary
{
    private readonly Lock _adding = new();
    private readonly SortedDictionary<PullState, int> _states = [];
    private readonly List<PullResult> _needCredentials = [];

    public TimeSpan Time { get; set; }

    /// <summary>Repositories that were not begun because somebody stopped the run.</summary>
    public int NotBegun { get; set; }

    public IReadOnlyDictionary<PullState, int> States => _states;

    /// <summary>Those that failed because nobody could be asked for a password.</summary>
    public IReadOnlyList<PullResult> NeedCredentials => _needCredentials;

    public int Repositories => _states.Values.Sum();

    public int Failures => Count(PullStates.IsFailure);

    public int Skipped => Count(PullStates.IsSkipped);

    public void Add(PullResult result)
    {
        lock (_adding)
        {
            _states[result.State] = _states.GetValueOrDefault(result.State) + 1;
            if (result.State == PullState.Auth)
                _needCredentials.Add(result);
        }
    }

    /// <summary>One line: `3 updated · 61 up to date · 0.9 s`.</summary>
    public override string ToString()
    {
        var parts = _states.Select(state => $"{state.Value} {state.Key.Name().Replace('-', ' ')}").ToList();
        if (NotBegun > 0)
            parts.Add($"{NotBegun} not begun");
        parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Time.TotalSeconds:0.0} s"));
        return string.Join(" · ", parts);
    }

    private int Count(Func<PullState, bool> isOne) => _states.Where(state => isOne(state.Key)).Sum(state => state.Value);
}
