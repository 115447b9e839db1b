using System.Globalization;

namespace ManyHands.Cli.Git;

/// <summary>The sum of a pull: how many came out in which state.</summary>
internal sealed class PullSummary
{
    private readonly Lock _adding = new();
    private readonly int[] _counts = new int[Enum.GetValues<PullState>().Length];
    private readonly List<PullResult> _needCredentials = [];

    public TimeSpan Time { get; set; }

    /// <summary>Repositories that were not begun because somebody stopped the run.</summary>
    public int NotBegun { get; set; }

    /// <summary>The states that occurred, in the order in which they are told.</summary>
    public IEnumerable<PullState> States
    {
        get
        {
            for (var state = PullState.Updated; (int)state < _counts.Length; state++)
            {
                if (_counts[(int)state] > 0)
                    yield return state;
            }
        }
    }

    /// <summary>Those that failed because nobody could be asked for a password.</summary>
    public IReadOnlyList<PullResult> NeedCredentials => _needCredentials;

    public int Repositories => Count(_ => true);

    public int Failures => Count(PullStates.IsFailure);

    public int Skipped => Count(PullStates.IsSkipped);

    public void Add(PullResult result)
    {
        lock (_adding)
        {
            _counts[(int)result.State]++;
            if (result.State == PullState.Auth)
                _needCredentials.Add(result);
        }
    }

    /// <summary>How many came out in one state.</summary>
    public int Of(PullState state) => _counts[(int)state];

    /// <summary>One line: `3 updated · 61 up to date · 0.9 s`.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        foreach (var state in States)
            parts.Add($"{Of(state)} {state.Name().Replace('-', ' ')}");
        if (NotBegun > 0)
            parts.Add($"{NotBegun} not begun");
        parts.Add(string.Create(CultureInfo.InvariantCulture, $"{Time.TotalSeconds:0.0} s"));
        return string.Join(" · ", parts);
    }

    private int Count(Func<PullState, bool> isOne)
    {
        int sum = 0;
        foreach (var state in States)
            sum += isOne(state) ? Of(state) : 0;
        return sum;
    }
}
