using System.Reflection;
using ManyHands.Payloads;

namespace ManyHands.Contexts;

/// <summary>How the workers of one executor are made.</summary>
internal sealed record ContextPlan
{
    /// <summary>Their load contexts can be unloaded.</summary>
    public required bool IsCollectible { get; init; }

    /// <summary>Those of workers that have ended.</summary>
    public UnloadedContexts Unloaded { get; } = new(TimeProvider.System);

    /// <summary>What runs once in each; null where there is nothing.</summary>
    public required WorkReference? Initializer { get; init; }

    /// <summary>The initializer's argument.</summary>
    public required Payload InitializerArgument { get; init; }

    /// <summary>Errors of the initializer are rebuilt with what this assembly knows.</summary>
    public required Assembly? InitializerAssembly { get; init; }
}
