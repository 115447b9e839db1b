using System.Text;

namespace ManyHands.Tests.FileParts;

public sealed class FilePartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("manyhands-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("one line without an end")]
    [InlineData("\n")]
    [InlineData("\n\n\n")]
    [InlineData("a\nbb\nccc\n")]
    [InlineData("a\r\nbb\r\nccc")]
    [InlineData("a very long line that is longer than several parts together, and another\nshort\n")]
    [InlineData("ä\nö\nü€\U0001F600\n")]
    [InlineData("\uFEFFone\n\uFEFFtwo\n\uFEFF\n")]
    public void Every_line_is_in_exactly_one_part_whatever_their_length(string text)
    {
        string path = Write(text);
        for (long length = 1; length <= 20; length++)
        {
            FilePart[] parts = [.. FilePart.OfLines(path, length)];
            ShouldCover(parts, Encoding.UTF8.GetByteCount(text));
            parts.SelectMany(part => part.ReadLines()).ShouldBe(File.ReadLines(path), $"parts of {length}");
            parts.SkipLast(1).ShouldAllBe(part => part.Length >= length);
        }
    }

    [Fact]
    public void Parts_end_at_the_first_line_end_that_comes_not_too_early()
    {
        string path = Write("12\n45\n78\n");
        FilePart.OfLines(path, 3).Select(part => part.Length).ShouldBe([3L, 3L, 3L]);
        FilePart.OfLines(path, 4).Select(part => part.Length).ShouldBe([6L, 3L]);
    }

    [Fact]
    public void Random_texts_are_split_without_loss()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            byte[] bytes = new byte[random.Next(100_000)];
            random.NextBytes(bytes);
            string path = Path.Combine(_folder, "random");
            File.WriteAllBytes(path, [(byte)'x', .. bytes]);
            FilePart[] parts = [.. FilePart.OfLines(path, random.Next(1, 40_000))];
            ShouldCover(parts, bytes.Length + 1);
            parts.SkipLast(1).ShouldAllBe(part => File.ReadAllBytes(path)[part.Offset + part.Length - 1] == '\n', $"seed {seed}");
        }
    }

    [Fact]
    public void Records_are_never_cut_and_a_file_that_ends_in_one_is_refused()
    {
        string path = Path.Combine(_folder, "records");
        File.WriteAllBytes(path, System.Runtime.InteropServices.MemoryMarshal.AsBytes(Enumerable.Range(0, 1000).ToArray().AsSpan()).ToArray());
        foreach (long length in (long[])[1, 4, 7, 1001, 100_000])
        {
            FilePart[] parts = [.. FilePart.OfRecords(path, sizeof(int), length)];
            ShouldCover(parts, 4000);
            parts.ShouldAllBe(part => part.Offset % 4 == 0 && part.Length % 4 == 0);
            parts.SelectMany(part => part.ReadRecords<int>()).ShouldBe(Enumerable.Range(0, 1000));
        }

        Should.Throw<InvalidDataException>(() => FilePart.OfRecords(path, 3).ToArray()).Message.ShouldContain("not a whole number of records of 3 bytes");
        Should.Throw<InvalidDataException>(() => new FilePart(path, 0, 6).ReadRecords<int>());
    }

    [Fact]
    public void A_folder_is_one_part_for_each_file_below_it()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "a", "b"));
        File.WriteAllText(Path.Combine(_folder, "a", "one.txt"), "1");
        File.WriteAllText(Path.Combine(_folder, "a", "b", "two.txt"), "22");
        File.WriteAllText(Path.Combine(_folder, "a", "b", "three.bin"), "333");
        Directory.CreateSymbolicLink(Path.Combine(_folder, "a", "round"), _folder);
        FilePart.OfFolder(_folder).Sum(part => part.Length).ShouldBe(6);
        FilePart.OfFolder(_folder, "*.txt").Select(part => Path.GetFileName(part.Path)).Order().ShouldBe(["one.txt", "two.txt"]);
        Should.Throw<DirectoryNotFoundException>(() => FilePart.OfFolder(Path.Combine(_folder, "none")).ToArray());
    }

    [Fact]
    public void What_cannot_be_split_is_refused_with_the_way_out()
    {
        string path = Path.Combine(_folder, "wide");
        File.WriteAllText(path, "line\nline\n", Encoding.Unicode);
        Should.Throw<InvalidDataException>(() => FilePart.OfLines(path).ToArray()).Message.ShouldContain("iconv");
        Should.Throw<FileNotFoundException>(() => FilePart.OfLines(Path.Combine(_folder, "none")).ToArray());
        Should.Throw<ArgumentOutOfRangeException>(() => FilePart.OfLines(path, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new FilePart(path, -1, 0));
        Should.Throw<ArgumentOutOfRangeException>(() => new FilePart(path, 0, -1));
    }

    [Fact]
    public void A_file_that_has_become_shorter_is_an_error_and_no_short_result()
    {
        string path = Write("one\ntwo\nthree\n");
        FilePart whole = FilePart.OfLines(path).Single();
        File.WriteAllText(path, "one\n");
        Should.Throw<InvalidDataException>(() => whole.ReadLines().ToArray()).Message.ShouldContain("has become shorter");
    }

    [Fact]
    public async Task A_part_travels_as_path_and_range()
    {
        string path = Write(string.Join('\n', Enumerable.Range(0, 10_000)));
        await using var pool = new ContextExecutor(workers: 2);
        long sum = 0;
        await foreach (long part in pool.MapAsync(FilePart.OfLines(path, 1000), (FilePart part) => part.ReadLines().Sum(long.Parse)))
            sum += part;
        sum.ShouldBe(49_995_000);
    }

    private string Write(string text)
    {
        string path = Path.Combine(_folder, "text");
        File.WriteAllText(path, text);
        return path;
    }

    private static void ShouldCover(FilePart[] parts, long length)
    {
        long at = 0;
        foreach (FilePart part in parts)
        {
            part.Offset.ShouldBe(at);
            part.Length.ShouldBePositive();
            at += part.Length;
        }

        at.ShouldBe(length);
    }
}
