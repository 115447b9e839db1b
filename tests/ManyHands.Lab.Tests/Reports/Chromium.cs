using Microsoft.Playwright;

namespace ManyHands.Lab.Tests.Reports;

/// <summary>A headless browser, where one is installed. It is never downloaded.</summary>
public sealed class Chromium : IAsyncLifetime, IAsyncDisposable
{
    private static readonly string[] _names = ["chromium", "chromium-browser"];
    private IPlaywright? _playwright;

    /// <summary>The browser; null where none is installed.</summary>
    public IBrowser? Browser { get; private set; }

    /// <summary>Starts it with one more argument, by which its process can be found.</summary>
    public async Task StartAsync(string? argument)
    {
        string? program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => _names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
        if (program is null)
            return;
        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        _playwright = await Playwright.CreateAsync();
        string[] arguments =
        [
            "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync",
        ];
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            Args = argument is null ? arguments : [.. arguments, argument],
        });
    }

    public Task InitializeAsync() => StartAsync(null);

    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null)
            await Browser.CloseAsync();
        _playwright?.Dispose();
    }
}
