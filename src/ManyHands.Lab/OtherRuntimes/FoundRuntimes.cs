using System.Globalization;

namespace ManyHands.Lab.OtherRuntimes;

/// <summary>The other runtimes that are installed, ready to run the lab's programs.</summary>
internal sealed class FoundRuntimes
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);

    // Parts and limit of each experiment that has a counterpart there; the same as in ours.
    private static readonly Dictionary<string, (int Parts, long Limit)> _experiments = new()
    {
        ["countdown"] = (16, 50_000_000),
        ["squares"] = (16, 10_000_000),
        ["roots"] = (16, 4_000_000L * Environment.ProcessorCount),
        ["cosines"] = (16, 10_000_000),
        ["sha256"] = (16, 256),
        ["sleep"] = (16, 320),
    };

    private readonly List<OtherRuntime> _runtimes = [];

    /// <summary>None, because nobody asked.</summary>
    public static FoundRuntimes None { get; } = new();

    /// <summary>What was found, a sentence each.</summary>
    public IReadOnlyList<string> Sentences { get; private set; } = [];

    /// <summary>Looks for all of them.</summary>
    /// <param name="folder">Where programs and what is compiled of them may lie.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<FoundRuntimes> FindAsync(string folder, CancellationToken cancellationToken)
    {
        var found = new FoundRuntimes();
        string python = await WriteAsync("lab.py", folder, cancellationToken).ConfigureAwait(false);
        string node = await WriteAsync("lab.js", folder, cancellationToken).ConfigureAwait(false);
        string go = await WriteAsync("lab.go", folder, cancellationToken).ConfigureAwait(false);
        var sentences = new List<string>
        {
            await found.AddPythonAsync("python3", "CPython", python, cancellationToken).ConfigureAwait(false),
            await found.AddPythonAsync("python3t", "CPython, free-threaded", python, cancellationToken).ConfigureAwait(false),
            await found.AddPythonAsync("pypy3", "PyPy", python, cancellationToken).ConfigureAwait(false),
            await found.AddAsync("node", "Node", ["--version"], [node], ["threads"], cancellationToken).ConfigureAwait(false),
            await found.AddGoAsync(go, Path.Combine(folder, "lab-go"), cancellationToken).ConfigureAwait(false),
        };
        found.Sentences = sentences;
        return found;
    }

    /// <summary>The ways to run an experiment there: none where it has no counterpart.</summary>
    public IEnumerable<Contestant> Contestants(Experiment experiment, IReadOnlyList<int> workerCounts)
    {
        if (!_experiments.TryGetValue(experiment.Name, out var size))
            return [];

        // Work that computes is slow there, and shows with as many workers as cores what there is to see.
        IReadOnlyList<int> counts = experiment.Group == WorkGroup.Computing
            ? [.. workerCounts.Where(workers => workers > 1 && workers <= Math.Max(2, Environment.ProcessorCount))]
            : workerCounts;
        return _runtimes.SelectMany(runtime => runtime.Contestants(experiment.Name, size.Parts, size.Limit, counts));
    }

    private async Task<string> AddPythonAsync(string program, string name, string script, CancellationToken cancellationToken)
    {
        // What it is and has, it knows itself.
        const string Ask = "import sys; from concurrent import futures; "
            + "print(sys.version.split()[0], int(getattr(sys, '_is_gil_enabled', lambda: True)()), int(hasattr(futures, 'InterpreterPoolExecutor')))";
        if (await AnswerAsync(program, ["-c", Ask], cancellationToken).ConfigureAwait(false) is not { } answer)
            return $"{name}: not found ({program}).";
        if (answer.Split(' ') is not [var version, var hasLock, var hasInterpreters])
            return $"{name}: does not answer as Python does ({program}).";
        string full = $"{name} {version}";
        string[] kinds = hasInterpreters == "1" ? ["threads", "processes", "sub-interpreters"] : ["threads", "processes"];
        _runtimes.Add(new OtherRuntime(full, program, [script], kinds));
        return $"{full}: {(hasLock == "1" ? "with a global interpreter lock" : "without a global interpreter lock")}, "
            + $"{(hasInterpreters == "1" ? "with" : "without")} a pool of sub-interpreters.";
    }

    private async Task<string> AddAsync(
        string program, string name, string[] askVersion, string[] arguments, string[] kinds, CancellationToken cancellationToken)
    {
        if (await AnswerAsync(program, askVersion, cancellationToken).ConfigureAwait(false) is not { } version)
            return $"{name}: not found ({program}).";
        string full = $"{name} {version.TrimStart('v')}";
        _runtimes.Add(new OtherRuntime(full, program, arguments, kinds));
        return $"{full}.";
    }

    private async Task<string> AddGoAsync(string source, string built, CancellationToken cancellationToken)
    {
        if (await AnswerAsync("go", ["env", "GOVERSION"], cancellationToken).ConfigureAwait(false) is not { } version)
            return "Go: not found (go).";
        string full = $"Go {version.Replace("go", "", StringComparison.Ordinal)}";
        if (await AnswerAsync("go", ["build", "-o", built, source], cancellationToken).ConfigureAwait(false) is null)
            return $"{full}: cannot compile the lab's program.";
        _runtimes.Add(new OtherRuntime(full, built, [], ["goroutines"]));
        return $"{full}.";
    }

    /// <returns>The first line of what it prints, or null where there is no such program or it fails.</returns>
    private static async Task<string?> AnswerAsync(string program, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            CommandResult result = await (ExternalCommand.Create(program, arguments) with { Timeout = _limit }).RunAsync(cancellationToken).ConfigureAwait(false);
            return result.Succeeded ? result.Output.Split('\n')[0].Trim() : null;
        }
        catch (CommandStartException)
        {
            return null;
        }
    }

    private static async Task<string> WriteAsync(string name, string folder, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, name);
        Stream source = typeof(FoundRuntimes).Assembly.GetManifestResourceStream(name)!;
        await using (source.ConfigureAwait(false))
        {
            FileStream file = File.Create(path);
            await using (file.ConfigureAwait(false))
                await source.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
        }

        return path;
    }
}

/// <summary>A runtime other than .NET.</summary>
/// <param name="name">Its name and version.</param>
/// <param name="program">What is started.</param>
/// <param name="arguments">What comes before the lab's own arguments.</param>
/// <param name="kinds">Kinds of worker it has.</param>
internal sealed class OtherRuntime(string name, string program, string[] arguments, string[] kinds)
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    public IEnumerable<Contestant> Contestants(string experiment, int parts, long limit, IReadOnlyList<int> workerCounts)
    {
        yield return Of("serial", 1);
        foreach (int workers in workerCounts)
        {
            foreach (string kind in kinds)
                yield return Of(kind, workers);
        }

        Contestant Of(string kind, int workers) => new(kind, workers, _ => Task.FromResult(new Bout(
            token => RunAsync([experiment, kind, $"{workers}", $"{parts}", limit.ToString(CultureInfo.InvariantCulture)], token))))
        {
            Runtime = name,
        };
    }

    // The program takes the time itself: its own start is not the question.
    private async Task<Outcome> RunAsync(string[] experiment, CancellationToken cancellationToken)
    {
        ExternalCommand command = ExternalCommand.Create(program, [.. arguments, .. experiment]) with { Timeout = _limit };
        CommandResult result = await command.RunAsync(cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded || result.Output.Trim().Split(' ') is not [var seconds, var value])
            throw new InvalidOperationException($"{command} gave no time: {result.Error.Trim().Split('\n')[^1]}");
        return new Outcome(double.Parse(value, CultureInfo.InvariantCulture), [])
        {
            Time = TimeSpan.FromSeconds(double.Parse(seconds, CultureInfo.InvariantCulture)),
        };
    }
}
