using System.Runtime.InteropServices;
using System.Text.Json;
using ManyHands.Payloads;

namespace ManyHands.Tests.Payloads;

public sealed class RawValuesTests
{
    [Fact]
    public void The_tests_run_with_reflection_json_and_dynamic_code_switched_off()
    {
        JsonSerializer.IsReflectionEnabledByDefault.ShouldBeFalse();
        System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported.ShouldBeFalse();
    }

    [Fact]
    public void Numbers_arrive_bit_by_bit()
    {
        Travel.ThereAndBack(42).ShouldBe(42);
        Travel.ThereAndBack(-0.0).ShouldBe(-0.0);
        double odd = BitConverter.Int64BitsToDouble(0x7FF8_0000_DEAD_BEEF);
        BitConverter.DoubleToInt64Bits(Travel.ThereAndBack(odd)).ShouldBe(0x7FF8_0000_DEAD_BEEF);
        Travel.ThereAndBack(1.00m).ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe("1.00");
        Travel.ThereAndBack(Int128.MaxValue).ShouldBe(Int128.MaxValue);
        Travel.ThereAndBack((Half)1.5).ShouldBe((Half)1.5);
        Travel.ThereAndBack<int?>(null).ShouldBeNull();
        Travel.ThereAndBack<int?>(7).ShouldBe(7);
        Travel.ThereAndBack(DayOfWeek.Friday).ShouldBe(DayOfWeek.Friday);
        Travel.ThereAndBack('\uD800').ShouldBe('\uD800');
    }

    [Fact]
    public void Times_and_identifiers_arrive_with_everything_they_carry()
    {
        var local = new DateTime(2024, 10, 27, 2, 30, 0, DateTimeKind.Local);
        Travel.ThereAndBack(local).ShouldBe(local);
        Travel.ThereAndBack(local).Kind.ShouldBe(DateTimeKind.Local);
        var offset = new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.FromHours(5.5));
        Travel.ThereAndBack(offset).Offset.ShouldBe(offset.Offset);
        Travel.ThereAndBack(TimeSpan.FromTicks(1)).Ticks.ShouldBe(1);
        var id = Guid.NewGuid();
        Travel.ThereAndBack(id).ShouldBe(id);
        Travel.ThereAndBack((1, 2.5, 'x')).ShouldBe((1, 2.5, 'x'));
    }

    [Fact]
    public void A_struct_without_references_arrives_with_its_private_fields()
        => Travel.ThereAndBack(new Money(12.50m)).ShouldBe(new Money(12.50m));

    [Theory]
    [InlineData("")]
    [InlineData("Brahmastra")]
    [InlineData("half \uD83D of a pair")]
    [InlineData("\0")]
    [InlineData(null)]
    public void Text_arrives_character_by_character(string? text) => Travel.ThereAndBack(text).ShouldBe(text);

    [Fact]
    public void Arrays_and_memory_of_unmanaged_values_arrive()
    {
        Travel.ThereAndBack<int[]?>(null).ShouldBeNull();
        Travel.ThereAndBack(Array.Empty<int>()).ShouldBeEmpty();
        Travel.ThereAndBack((int[])[1, 2, 3]).ShouldBe([1, 2, 3]);
        Travel.ThereAndBack((double[])[double.NaN, -0.0]).ShouldBe([double.NaN, -0.0]);
        Travel.ThereAndBack(new Memory<byte>([1, 2, 3], 1, 2)).ToArray().ShouldBe([2, 3]);
        Travel.ThereAndBack(new ReadOnlyMemory<Guid>([Guid.Empty])).ToArray().ShouldBe([Guid.Empty]);
        Travel.ThereAndBack(new ArraySegment<long>([1, 2, 3], 1, 1)).ShouldBe([2L]);
        Travel.ThereAndBack(default(ArraySegment<long>)).Array.ShouldBeNull();
        Travel.ThereAndBack(default(ReadOnlyMemory<long>)).IsEmpty.ShouldBeTrue();
        Travel.ThereAndBack((int?[])[1, null]).ShouldBe([1, null]);
    }

    [Fact]
    public void An_array_of_another_type_in_disguise_is_refused()
        => Travel.Refusal((int[])(object)new uint[] { 1 }).ShouldContain("UInt32[]");

    [Fact]
    public void Addresses_are_refused_with_the_field_that_holds_them()
    {
        Travel.Refusal((nint)1).ShouldContain("IntPtr");
        Travel.Refusal(new Node { Header = default }).ShouldContain("Header.Next");
        Travel.Refusal(new Node[1]).ShouldContain("Header.Next");
        Travel.Refusal(new HandleRefLike()).ShouldContain("Callback");
        Travel.Refusal(default(GCHandle)).ShouldContain("GCHandle");
    }

    [Fact]
    public void Only_types_without_user_code_are_raw()
    {
        PayloadCodec.IsRaw<int>().ShouldBeTrue();
        PayloadCodec.IsRaw<string>().ShouldBeTrue();
        PayloadCodec.IsRaw<DateTime[]>().ShouldBeTrue();
        PayloadCodec.IsRaw<ReadOnlyMemory<byte>>().ShouldBeTrue();
        PayloadCodec.IsRaw<string[]>().ShouldBeFalse();
        PayloadCodec.IsRaw<nint>().ShouldBeFalse();
        PayloadCodec.IsRaw<object>().ShouldBeFalse();
    }

    [Fact]
    public void Bytes_of_another_length_are_refused_and_never_read_beyond()
    {
        for (int length = 0; length < 20; length++)
        {
            byte[] bytes = new byte[length];
            if (length != sizeof(int))
                Should.Throw<PayloadException>(() => PayloadCodec.Default.Decode<int>(bytes));
            if (length != 1)
                Should.Throw<PayloadException>(() => PayloadCodec.Default.Decode<string>(bytes));
            if (length != 1)
                Should.Throw<PayloadException>(() => PayloadCodec.Default.Decode<long[]>(bytes));
        }

        Should.Throw<PayloadException>(() => PayloadCodec.Default.Decode<long[]>([1, 2, 3])).Message.ShouldContain("Int64[]");
        Should.Throw<PayloadException>(() => PayloadCodec.Default.Decode<string>([2, 0, 0]));
    }

    private readonly struct Money(decimal amount)
    {
        private readonly decimal _amount = amount;

        public override string ToString() => $"{_amount}";
    }

    private struct Node
    {
        public Header Header;
    }

#pragma warning disable CS0649 // Never assigned: only the layout matters.
    private unsafe struct Header
    {
        public int Length;
        public int* Next;
    }

    private unsafe struct HandleRefLike
    {
        public delegate*<int, void> Callback;
    }
}
