using ManyHands.Payloads;

namespace ManyHands.Tests.Payloads;

public sealed class ApplicationAssembliesTests
{
    private const string Core = "/opt/dotnet/shared/Microsoft.NETCore.App/10.0.12/System.Private.CoreLib.dll";

    [Theory]
    [InlineData("/opt/dotnet/shared/Microsoft.NETCore.App/10.0.12/System.Text.Json.dll", true)]
    [InlineData("/opt/dotnet/shared/Microsoft.AspNetCore.App/10.0.12/Microsoft.AspNetCore.dll", true)]
    [InlineData("/opt/dotnet/shared-things/Microsoft.Own.dll", false)]
    [InlineData("/home/me/app/bin/System.Reactive.dll", false)]
    [InlineData("/home/me/app/bin/App.dll", false)]
    public void A_shared_framework_is_told_by_its_folder(string path, bool isFramework) =>
        ApplicationAssemblies.IsFramework(path, Core).ShouldBe(isFramework);

    [Theory]
    [InlineData("/app/System.Text.Json.dll", true)]
    [InlineData("/app/netstandard.dll", true)]
    [InlineData("/app/App.dll", false)]
    [InlineData("/plugins/System.Plugin.dll", false)]
    public void In_a_self_contained_application_it_is_told_by_its_names(string path, bool isFramework) =>
        ApplicationAssemblies.IsFramework(path, "/app/System.Private.CoreLib.dll").ShouldBe(isFramework);

    [Fact]
    public void The_library_itself_and_the_framework_have_no_copies_and_the_application_has()
    {
        string own = typeof(ApplicationAssembliesTests).Assembly.Location;
        var assemblies = new ApplicationAssemblies(string.Join(Path.PathSeparator, Core, own, typeof(Executor).Assembly.Location), Core);
        assemblies.TryFind("ManyHands", out string? path).ShouldBeTrue();
        path.ShouldBeNull();
        assemblies.TryFind("System.Private.CoreLib", out path).ShouldBeTrue();
        path.ShouldBeNull();
        assemblies.TryFind("manyhands.tests", out path).ShouldBeTrue();
        path.ShouldBe(own);
        assemblies.TryFind("Plugin", out _).ShouldBeFalse();
    }
}
