using System.Buffers.Binary;
using ManyHands.Hosting;
using ManyHands.Protocol;
using ManyHands.Tests.Processes;
using ManyHands.Tests.Protocol;
using ManyHands.Transports;

namespace ManyHands.Tests.Hosting;

public sealed class BatchSenderTests
{
    private readonly ScriptedConnection _connection = new();

    public BatchSenderTests() => _connection.Allow(int.MaxValue);

    [Fact]
    public void Results_gather_until_they_are_flushed_and_stay_readable_until_then()
    {
        using LaneMemory memory = LaneMemory.Create(2);
        var sender = new BatchSender(new LaneOutput(_connection), memory, 1);
        sender.Begin(3, 99);
        sender.Flush();
        sender.Add(true, [1]);
        sender.Add(false, [2]);
        Sent().ShouldBeEmpty();
        var journal = new BatchJournal(memory.Journal(1));
        (journal.Task, journal.First, journal.Count).ShouldBe((99, 0, 2));

        sender.Flush();
        sender.Flush();
        Sent().ShouldBe(["0:+01-02"]);
        (journal.First, journal.Count).ShouldBe((2, 0));
        sender.Add(true, [3]);
        sender.End();
        Sent().ShouldBe(["0:+01-02", "2:+03", "end"]);
        sender.Begin(4, 100);
        (journal.Task, journal.First, journal.Count).ShouldBe((100, 0, 0));
    }

    [Fact]
    public void A_full_journal_is_sent_and_a_result_that_fits_in_none_leaves_alone_in_its_place()
    {
        using LaneMemory memory = LaneMemory.Create(1);
        var sender = new BatchSender(new LaneOutput(_connection), memory, 0);
        sender.Begin(0, 7);
        sender.Add(true, new byte[40_000]);
        sender.Add(true, new byte[40_000]);
        sender.Add(true, new byte[200_000]);
        sender.Add(true, [4]);
        sender.End();
        Frames.Read(_connection.Taken).Frames.Where(frame => frame.Header.Kind == FrameKind.BatchResults)
            .Select(frame => (BinaryPrimitives.ReadInt32LittleEndian(frame.Body), frame.Body.Length))
            .ShouldBe([(0, 40_013), (1, 40_013), (2, 200_013), (3, 14)]);
    }

    /// <summary>Each frame as a text: the first index, and each result behind + or −.</summary>
    private List<string> Sent()
    {
        var sent = new List<string>();
        foreach (var (header, body) in Frames.Read(_connection.Taken).Frames)
        {
            if (header.Kind == FrameKind.BatchEnd)
            {
                sent.Add("end");
                continue;
            }

            string text = $"{BinaryPrimitives.ReadInt32LittleEndian(body)}:";
            var entries = new BatchEntries(body.AsSpan(8));
            for (int i = 0; i < BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(4)); i++)
            {
                ReadOnlySpan<byte> value = entries.Next(out bool succeeded);
                text += (succeeded ? "+" : "-") + Convert.ToHexString(value);
            }

            sent.Add(text);
        }

        return sent;
    }
}
