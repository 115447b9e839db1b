using ManyHands.Conformance;

namespace ManyHands.Tests.Contexts;

public sealed class ContextsShareData : SharedDataContract<ContextFixture>;

public sealed class CollectibleContextsShareData : SharedDataContract<CollectibleContextFixture>;
