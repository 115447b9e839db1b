using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using ManyHands.Conformance;

namespace ManyHands.Tests.Architecture;

/// <summary>Nothing that the library does depends on what the wall clock says: it may be set at any time.</summary>
public sealed class MonotonicTime
{
    // Members that tell the wall clock's time, or wait by it.
    private static readonly HashSet<string> _wallClock =
    [
        "DateTime.get_Now", "DateTime.get_UtcNow", "DateTime.get_Today", "DateTimeOffset.get_Now", "DateTimeOffset.get_UtcNow",
        "TimeProvider.GetUtcNow", "TimeProvider.GetLocalNow", "Process.get_StartTime", "Environment.get_TickCount",
    ];

    [Fact, Fault(31)]
    public void The_library_never_asks_the_wall_clock() =>
        Members(typeof(Executor).Assembly.Location).Where(_wallClock.Contains).ShouldBeEmpty();

    [Fact]
    public void What_asks_the_wall_clock_is_found()
    {
        _ = TimeProvider.System.GetUtcNow();
        Members(typeof(MonotonicTime).Assembly.Location).ShouldContain("TimeProvider.GetUtcNow");
    }

    /// <summary>Every member of another assembly that an assembly calls, as <c>Type.Member</c>.</summary>
    private static HashSet<string> Members(string file)
    {
        using var reader = new PEReader(File.OpenRead(file));
        MetadataReader metadata = reader.GetMetadataReader();
        var members = new HashSet<string>();
        foreach (MemberReferenceHandle handle in metadata.MemberReferences)
        {
            MemberReference member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference)
            {
                TypeReference type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
                members.Add($"{metadata.GetString(type.Name)}.{metadata.GetString(member.Name)}");
            }
        }

        members.Count.ShouldBeGreaterThan(100);
        return members;
    }
}
