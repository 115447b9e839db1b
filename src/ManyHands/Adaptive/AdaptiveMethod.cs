using ManyHands.Payloads;

namespace ManyHands.Adaptive;

/// <summary>One method that an <see cref="AdaptiveExecutor"/> has been given. Its submissions are looked at apart by what they declare: what is declared is not judged.</summary>
internal sealed class AdaptiveMethod
{
    private readonly AdaptiveWork _undeclared;
    private readonly AdaptiveWork _computing;
    private readonly AdaptiveWork _waiting;
    private volatile bool _isDangerous;

    public AdaptiveMethod(Adaptation adaptation, WorkReference reference)
    {
        Reference = reference;
        _undeclared = new AdaptiveWork(adaptation, this, kind: null);
        _computing = new AdaptiveWork(adaptation, this, WorkKind.Computing);
        _waiting = new AdaptiveWork(adaptation, this, WorkKind.Waiting);
    }

    public WorkReference Reference { get; }

    /// <summary>It has cost a worker its life: nothing of it runs in this process any more, whatever its submissions say.</summary>
    public bool IsDangerous => _isDangerous;

    public IEnumerable<AdaptiveWork> Works => [_undeclared, _computing, _waiting];

    public AdaptiveWork Declared(WorkKind? kind) => kind switch
    {
        WorkKind.Computing => _computing,
        WorkKind.Waiting => _waiting,
        _ => _undeclared,
    };

    public void NoteDanger() => _isDangerous = true;
}
