using System.Buffers;
using ManyHands.Protocol;

namespace ManyHands.Tests.Protocol;

public sealed class HandshakeTests
{
    private static readonly WorkerSettings _settings = new()
    {
        ParentPid = 42,
        Depth = 1,
        ProcessBudget = 64,
        Application = ApplicationIdentity.Own,
        Codec = [1, 2],
        Initializer = [],
        InitializerArgument = [3],
    };

    [Theory]
    [InlineData(0u, 0, 0)]
    [InlineData(1u, 2, 3)]
    [InlineData(uint.MaxValue, ushort.MaxValue, ushort.MaxValue)]
    [InlineData(0x80000000u, 0x8000, 0x8000)]
    public void A_run_number_holds_its_three_parts(uint generation, ushort work, ushort context)
    {
        var number = new RunNumber(generation, work, context);
        RunNumber.Read(number.ToInt64()).ShouldBe(number);
    }

    [Fact]
    public void A_greeting_comes_back_as_it_was()
    {
        byte[] bytes = Written(Greeting.Own.Write);
        Greeting.Read(bytes).ShouldBe(Greeting.Own);
        Greeting.Read(bytes).Mismatch(Greeting.Own).ShouldBeNull();
    }

    [Fact]
    public void A_worker_of_another_build_is_refused_in_words()
    {
        Greeting own = Greeting.Own;
        (own with { ProtocolVersion = 99 }).Mismatch(own)!.ShouldContain("protocol version (99)");
        (own with { Runtime = ".NET 99" }).Mismatch(own)!.ShouldContain("runtime (.NET 99)");
        (own with { Build = Guid.Empty }).Mismatch(own)!.ShouldContain("build of ManyHands.dll");
    }

    [Fact]
    public void Settings_come_back_as_they_were()
    {
        WorkerSettings read = WorkerSettings.Read(Written(_settings.Write));
        (read.ParentPid, read.Depth, read.ProcessBudget).ShouldBe((42, 1, 64));
        read.Application.ShouldBe(ApplicationIdentity.Own with { Variables = read.Application.Variables });
        read.Codec.ShouldBe([1, 2]);
        read.Initializer.ShouldBeEmpty();
        read.InitializerArgument.ShouldBe([3]);
    }

    [Fact]
    public void Cut_off_anywhere_they_are_refused_by_name()
    {
        byte[] greeting = Written(Greeting.Own.Write), settings = Written(_settings.Write);
        for (int length = 0; length < greeting.Length; length++)
            Should.Throw<PayloadException>(() => Greeting.Read(greeting.AsSpan(0, length)));
        for (int length = 0; length < settings.Length; length++)
            Should.Throw<PayloadException>(() => WorkerSettings.Read(settings.AsSpan(0, length)));
    }

    [Fact]
    public void Random_bytes_are_read_or_refused_by_name()
    {
        var random = new Random(3);
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = i % 2 == 0 ? Written(Greeting.Own.Write) : Written(_settings.Write);
            for (int j = 0; j < 3; j++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Greeting.Read(bytes);
                WorkerSettings.Read(bytes);
            }
            catch (PayloadException)
            {
            }
        }
    }

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var writer = new ArrayBufferWriter<byte>();
        write(writer);
        return writer.WrittenSpan.ToArray();
    }
}
