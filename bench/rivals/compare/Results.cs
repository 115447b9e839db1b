namespace ManyHands.Rivals.Compare;

/// <summary>What the contestants reported, round by round.</summary>
internal sealed class Results
{
    private readonly Dictionary<(string Who, string Topic, string Metric), SortedDictionary<int, double>> _values = [];
    private readonly Dictionary<(string Who, string Topic), string> _failures = [];
    private readonly SortedSet<string> _versions = [];

    public IReadOnlyCollection<string> Versions => _versions;

    public async Task AddAsync(Contestant contestant, int round)
    {
        if (_failures.ContainsKey((contestant.Name, contestant.Topic)))
            return; // it will fail again
        var (values, versions, failure) = await contestant.RunAsync();
        _versions.UnionWith(versions);
        if (failure is not null)
            _failures[(contestant.Name, contestant.Topic)] = failure;
        foreach (var (metric, value) in values)
        {
            var key = (contestant.Name, contestant.Topic, metric);
            if (!_values.TryGetValue(key, out var rounds))
                _values[key] = rounds = [];
            rounds[round] = value;
        }
    }

    /// <summary>Null where there is no value.</summary>
    public Series? Find(string who, string topic, string metric) =>
        _values.TryGetValue((who, topic, metric), out var rounds) ? new Series([.. rounds.Values]) : null;

    /// <summary>The ratio of the medians, with the least and the greatest ratio within one round.</summary>
    public Series? Ratio(Row row, Beside beside)
    {
        if (!_values.TryGetValue((Contestants.Ours, row.Topic, row.Metric), out var ours)
            || !_values.TryGetValue((beside.Who!, row.Topic, beside.Metric ?? row.Metric), out var theirs))
            return null;
        double[] ratios = [.. ours.Where(round => theirs.ContainsKey(round.Key)).Select(round => round.Value / theirs[round.Key])];
        return ratios.Length == 0 ? null : new Series(ratios) { Median = new Series([.. ours.Values]).Median / new Series([.. theirs.Values]).Median };
    }

    public string? WhyNot(string who, string topic) => _failures.GetValueOrDefault((who, topic));
}

/// <summary>Values of several rounds.</summary>
internal sealed record Series
{
    public Series(double[] values)
    {
        Array.Sort(values);
        Least = values[0];
        Greatest = values[^1];
        Median = values.Length % 2 == 1 ? values[values.Length / 2] : (values[(values.Length / 2) - 1] + values[values.Length / 2]) / 2;
    }

    public double Median { get; init; }

    public double Least { get; }

    public double Greatest { get; }
}
