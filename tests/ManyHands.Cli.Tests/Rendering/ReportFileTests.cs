using ManyHands.Cli.Rendering;

namespace ManyHands.Cli.Tests.Rendering;

/// <summary>A report takes the place of the old one, or leaves it alone.</summary>
public sealed class ReportFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hands-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_new_report_replaces_the_old_one_and_keeps_its_mode()
    {
        string path = Old();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        await ReportFile.At(path).WriteAsync("new");

        File.ReadAllText(path).ShouldBe("new");
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Files().ShouldBe(["report.html"]);
    }

    [Fact]
    public async Task A_report_that_cannot_be_written_leaves_the_old_one()
    {
        string path = Old();
        var report = ReportFile.At(path);

        // In the way of what is written first.
        string beside = Directory.CreateDirectory(Path.Combine(_folder.FullName, $".report.html.{Environment.ProcessId}.new")).FullName;

        await Should.ThrowAsync<UnauthorizedAccessException>(() => report.WriteAsync("new"));

        File.ReadAllText(path).ShouldBe("old");
        Directory.Exists(beside).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_beside_which_there_can_be_none_is_written_all_the_same(bool isThere)
    {
        string path = Path.Combine(_folder.FullName, new string('r', 255)); // no name may be longer
        if (isThere)
            File.WriteAllText(path, "an older one");

        var report = ReportFile.At(path);
        Files().Count().ShouldBe(isThere ? 1 : 0);
        await report.WriteAsync("new");

        File.ReadAllText(path).ShouldBe("new");
        Files().Count().ShouldBe(1);
    }

    [Fact]
    public void Asking_leaves_no_trace()
    {
        ReportFile.At(Path.Combine(_folder.FullName, "report.html"));

        Files().ShouldBeEmpty();
        Should.Throw<IOException>(() => ReportFile.At(_folder.FullName)).Message.ShouldBe("It is a folder.");
        Should.Throw<IOException>(() => ReportFile.At(Path.Combine(_folder.FullName, "missing", "report.html")));
    }

    [Fact]
    public async Task A_link_stays_a_link()
    {
        string path = Old(), link = Path.Combine(_folder.FullName, "link.html");
        File.CreateSymbolicLink(link, path);

        await ReportFile.At(link).WriteAsync("new");

        new FileInfo(link).LinkTarget.ShouldBe(path);
        File.ReadAllText(path).ShouldBe("new");
    }

    [Fact]
    public async Task A_device_is_written_to_and_stays_one()
    {
        await ReportFile.At("/dev/null").WriteAsync("new");

        await Should.ThrowAsync<IOException>(() => ReportFile.At("/dev/full").WriteAsync("new"));
        File.Exists("/dev/full").ShouldBeTrue();
    }

    private string Old()
    {
        string path = Path.Combine(_folder.FullName, "report.html");
        File.WriteAllText(path, "old");
        return path;
    }

    private IEnumerable<string> Files() => _folder.GetFileSystemInfos().Select(file => file.Name);
}
