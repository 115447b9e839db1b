using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;

namespace ManyHands.Lab.Tests.Reports;

/// <summary>The report as a browser shows it.</summary>
public sealed class RenderedReportTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private static readonly string[] _remarks = ["threads: serial fraction 3 %."];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("manyhands-report-");
    private readonly List<string> _complaints = [];
    private readonly List<string> _requests = [];
    private readonly LabResult _result = Invented.Rich();
    private IBrowserContext? _context;

    [SkippableFact]
    public async Task It_needs_nothing_but_itself_and_its_script_has_no_errors()
    {
        IPage page = await OpenAsync(1280);
        (await page.Locator("svg.plot").CountAsync()).ShouldBe(ReportPlots.Of(_result).Count);
        (await page.Locator("button").CountAsync()).ShouldBe(2 * ReportPlots.Of(_result).Count);
        _requests.ShouldBe([page.Url]);
        _complaints.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task It_is_complete_without_script()
    {
        IPage page = await OpenAsync(1280, script: false);
        (await page.Locator("svg.plot").CountAsync()).ShouldBe(ReportPlots.Of(_result).Count);
        (await page.Locator("button").CountAsync()).ShouldBe(0);
    }

    [SkippableFact]
    public async Task On_a_phone_nothing_scrolls_sideways_but_tables_and_letters_can_be_read()
    {
        IPage page = await OpenAsync(360);
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBe(360);
        (await page.EvaluateAsync<double>("""
            Math.min(...[...document.querySelectorAll('.plot text')]
                .map(text => parseFloat(getComputedStyle(text).fontSize) * text.ownerSVGElement.getBoundingClientRect().width / 360))
            """)).ShouldBeGreaterThan(10);
    }

    [SkippableFact]
    public async Task No_label_of_a_plot_overlaps_another_or_leaves_the_picture()
    {
        IPage page = await OpenAsync(360);
        string[] found = await page.EvaluateAsync<string[]>("""
            [...document.querySelectorAll('svg.plot')].flatMap(plot => {
                const edge = plot.getBoundingClientRect(), slack = 2;
                const boxes = [...plot.querySelectorAll('text:not(.source)')].map(text => ({ text: text.textContent, box: text.getBoundingClientRect() }));
                const outside = boxes.filter(({ box }) => box.left < edge.left - slack || box.right > edge.right + slack || box.bottom > edge.bottom + slack);
                const pairs = boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b =>
                    a.box.left < b.box.right - slack && b.box.left < a.box.right - slack && a.box.top < b.box.bottom - slack && b.box.top < a.box.bottom - slack)
                    .map(b => `${a.text} on ${b.text}`));
                return [...outside.map(({ text }) => `${text} outside`), ...pairs].map(what => `${plot.querySelector('title').textContent}: ${what}`);
            })
            """);
        found.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task It_is_dark_where_the_reader_wants_it_and_white_on_paper()
    {
        IPage page = await OpenAsync(1280);
        (string page, string plot) light = await ColoursAsync(page);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        (string page, string plot) dark = await ColoursAsync(page);
        dark.page.ShouldNotBe(light.page);
        dark.plot.ShouldBe(dark.page);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark, Media = Media.Print });
        (await ColoursAsync(page)).ShouldBe(("rgb(255, 255, 255)", "rgb(255, 255, 255)"));
        (await page.Locator("button").First.IsVisibleAsync()).ShouldBeFalse();
    }

    [SkippableFact]
    public async Task It_prints()
    {
        IPage page = await OpenAsync(1280);
        byte[] pdf = await page.PdfAsync(new PagePdfOptions { Format = "A4" });
        pdf.AsSpan(0, 5).SequenceEqual("%PDF-"u8).ShouldBeTrue();
    }

    [SkippableFact]
    public async Task Each_plot_can_be_saved_as_a_png_of_twice_its_size()
    {
        IPage page = await OpenAsync(360);
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByText("PNG", new PageGetByTextOptions { Exact = true }).First.ClickAsync());
        download.SuggestedFilename.ShouldBe("sums-time.png");
        byte[] png = await File.ReadAllBytesAsync(await download.PathAsync());
        png.AsSpan(1, 3).SequenceEqual("PNG"u8).ShouldBeTrue();
        BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)).ShouldBe(2 * (360 + 28)); // with its margins
        _complaints.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_plot_saved_as_svg_looks_like_the_one_that_was_written_by_itself()
    {
        IPage page = await OpenAsync(1280);
        IDownload download = await page.RunAndWaitForDownloadAsync(() => page.GetByText("SVG", new PageGetByTextOptions { Exact = true }).First.ClickAsync());
        string saved = Path.Combine(_folder.FullName, "saved.svg"), written = Path.Combine(_folder.FullName, "written.svg");
        await download.SaveAsAsync(saved);
        await File.WriteAllTextAsync(written, ReportPlots.Of(_result)[0].Svg);
        byte[] expected = await PictureAsync(page, written);
        (await PictureAsync(page, saved)).ShouldBe(expected);
        _complaints.ShouldBeEmpty();

        static async Task<byte[]> PictureAsync(IPage page, string path)
        {
            await page.GotoAsync(new Uri(path).AbsoluteUri);
            return await page.ScreenshotAsync();
        }
    }

    [SkippableFact]
    public async Task No_process_of_the_browser_is_left_behind()
    {
        Skip.If(chromium.Browser is null, "No Chromium is installed.");
        string mark = $"--mark={Guid.NewGuid():N}";
        await using (var own = new Chromium())
        {
            await own.StartAsync(mark);
            Marked(mark).ShouldNotBeEmpty();
        }

        foreach (int pid in Marked(mark))
        {
            using var process = Process.GetProcessById(pid);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await process.WaitForExitAsync(limit.Token);
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_context is not null)
            await _context.CloseAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task<(string Page, string Plot)> ColoursAsync(IPage page) => (
        await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"),
        await page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.plot .paper')).fill"));

    private static IEnumerable<int> Marked(string mark)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)))
        {
            string command;
            try
            {
                command = File.ReadAllText(Path.Combine(folder, "cmdline"));
            }
            catch (IOException)
            {
                continue; // it has ended meanwhile
            }

            if (command.Contains(mark, StringComparison.Ordinal))
                yield return int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
        }
    }

    private async Task<IPage> OpenAsync(int width, bool script = true)
    {
        Skip.If(chromium.Browser is null, "No Chromium is installed.");
        string path = Path.Combine(_folder.FullName, "report.html");
        await File.WriteAllTextAsync(path, HtmlReport.Write(_result, ["Use threads."], _ => _remarks));
        _context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 800 },
            ColorScheme = ColorScheme.Light,
            JavaScriptEnabled = script,
        });
        IPage page = await _context.NewPageAsync();
        page.Console += (_, message) => _complaints.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => _complaints.Add(error);
        page.Request += (_, request) => _requests.Add(request.Url);
        await page.GotoAsync(new Uri(path).AbsoluteUri);
        return page;
    }
}
