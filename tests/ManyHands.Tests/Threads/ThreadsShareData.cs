using ManyHands.Conformance;

namespace ManyHands.Tests.Threads;

public sealed class ThreadsShareData : SharedDataContract<ThreadFixture>;
