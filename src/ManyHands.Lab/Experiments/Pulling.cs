namespace ManyHands.Lab.Experiments;

/// <summary>Updates Git repositories.</summary>
public sealed class Pulling : KindsExperiment<Pulling, string>, IAsyncTaskWork<string>
{
    private const int Count = 16;
    private string[] _clones = [];

    /// <inheritdoc/>
    public override string Name => "pull";

    /// <inheritdoc/>
    public override string Title => "git pull of 16 local repositories";

    /// <inheritdoc/>
    public override string Shows => "Programs that wait for disk and for one another: threads are enough, the work is in processes already.";

    /// <inheritdoc/>
    public override string Classic => "mr, gita, vcstool: tools that update many repositories";

    /// <inheritdoc/>
    public override WorkGroup Group => WorkGroup.Waiting;

    /// <inheritdoc/>
    public override bool IsQuick => false;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Inputs => _clones;

    /// <inheritdoc/>
    protected override string WarmUp => "";

    private protected override Func<string, Task<TaskRun>>? AsyncWork => AsyncOf<Pulling>();

    /// <inheritdoc/>
    public override async Task<string?> PrepareAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            string origin = Path.Combine(folder, "origin");
            await GitAsync(["init", "--quiet", origin], cancellationToken).ConfigureAwait(false);
            await GitAsync(
                [
                    "-C", origin, "-c", "user.name=lab", "-c", "user.email=lab@localhost", "-c", "commit.gpgsign=false",
                    "commit", "--quiet", "--allow-empty", "--message", "first",
                ],
                cancellationToken).ConfigureAwait(false);
            _clones = [.. Enumerable.Range(0, Count).Select(i => Path.Combine(folder, $"clone-{i}"))];
            foreach (string clone in _clones)
                await GitAsync(["clone", "--quiet", origin, clone], cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (CommandStartException)
        {
            return "git is not installed";
        }
    }

    /// <inheritdoc cref="ITaskWork{TInput}.Run"/>
    public static double Run(string input) => RunAsync(input).GetAwaiter().GetResult();

    /// <inheritdoc cref="IAsyncTaskWork{TInput}.RunAsync"/>
    public static async Task<double> RunAsync(string input)
    {
        if (input.Length > 0)
            await GitAsync(["-C", input, "pull", "--quiet", "--ff-only"], CancellationToken.None).ConfigureAwait(false);
        return 1;
    }

    private static async Task GitAsync(string[] arguments, CancellationToken cancellationToken)
    {
        CommandResult result = await ExternalCommand.Create("git", arguments).RunAsync(cancellationToken).ConfigureAwait(false);
        if (!result.Succeeded)
            throw new InvalidOperationException($"git {string.Join(' ', arguments)} ended with exit code {result.ExitCode}: {result.Error}");
    }
}
