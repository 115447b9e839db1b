using ManyHands.Platform.Linux;

namespace ManyHands.Tests.Platform;

public sealed class OutOfMemoryKillsTests
{
    [Theory]
    [InlineData("low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n", 2L)]
    [InlineData("oom_kill_disable 0\nunder_oom 0\noom_kill 7", 7L)]
    [InlineData("oom_kill_disable 0\n", null)]
    [InlineData("oom_kill many", null)]
    [InlineData("", null)]
    public void The_count_is_found_in_the_files_of_both_versions(string text, long? count) => OutOfMemoryKills.CountIn(text).ShouldBe(count);

    [Fact]
    public void The_file_is_looked_for_in_the_own_cgroup_first_and_then_where_a_container_sees_it()
    {
        OutOfMemoryKills.Places("0::/app.slice/x.scope\n").ShouldBe(
        [
            "/sys/fs/cgroup/app.slice/x.scope/memory.events", "/sys/fs/cgroup/memory.events",
            "/sys/fs/cgroup/unified/app.slice/x.scope/memory.events", "/sys/fs/cgroup/unified/memory.events",
        ]);
        OutOfMemoryKills.Places("5:cpu,memory:/a:b\n4:cpuset:/\nnonsense").ShouldBe(
            ["/sys/fs/cgroup/memory/a:b/memory.oom_control", "/sys/fs/cgroup/memory/memory.oom_control"]);
    }
}
