using ManyHands.Conformance;

namespace ManyHands.Tests.Contexts;

public sealed class ContextsFindPlugIns : PlugInContract<ContextFixture>;

public sealed class CollectibleContextsFindPlugIns : PlugInContract<CollectibleContextFixture>;
