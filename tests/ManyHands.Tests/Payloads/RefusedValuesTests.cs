using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ManyHands.Payloads;

namespace ManyHands.Tests.Payloads;

/// <summary>Types that can travel, with values that cannot: found while they are written.</summary>
public sealed class RefusedValuesTests
{
    [Fact]
    public void A_derived_object_behind_a_base_type_is_refused_with_its_path()
    {
        Travel.Refusal<Animal>(new Dog()).ShouldContain("it is a Dog and would arrive as Animal");
        string message = Travel.Refusal(new Zoo { Animals = [new Animal(), new Dog()] });
        message.ShouldContain("Zoo.Animals");
        message.ShouldContain("Dog");
        Travel.Refusal(new Zoo { ByName = { ["rex"] = new Dog() } }).ShouldContain("Zoo.ByName");
        Travel.Refusal<Beast>(new Wolf()).ShouldContain("Wolf");
        Travel.Refusal<Beast>(new Hyena()).ShouldContain("Hyena");
    }

    [Fact]
    public void A_collection_interface_with_something_else_behind_it_is_refused()
    {
        Travel.Refusal<IReadOnlyList<int>>((int[])[1]).ShouldContain("it is a Int32[] and would arrive as List<Int32>");
        Travel.Refusal<IEnumerable<int>>(Enumerable.Range(1, 3).Select(x => x)).ShouldContain("would arrive as List<Int32>");
        Travel.Refusal<List<string>>(new OwnList()).ShouldContain("OwnList");
        Travel.Refusal<object[][]>([]).ShouldContain("object");
        Travel.Refusal<Animal[]>(new Dog[1]).ShouldContain("it is a Dog[] and would arrive as Animal[]");
        Travel.Refusal(new Zoo { Counts = (int[])(object)new uint[1] }).ShouldContain("Zoo.Counts");
    }

    [Fact]
    public void Another_comparer_is_refused()
    {
        var ignoring = StringComparer.OrdinalIgnoreCase;
        Travel.Refusal(new Dictionary<string, int>(ignoring)).ShouldContain("comparer");
        Travel.Refusal(new HashSet<string>(ignoring)).ShouldContain("comparer");
        Travel.Refusal(new SortedDictionary<string, int>(ignoring)).ShouldContain("comparer");
        Travel.Refusal(new SortedSet<string>(StringComparer.Ordinal)).ShouldContain("comparer");
        Travel.Refusal(new SortedList<string, int>(ignoring)).ShouldContain("comparer");
        Travel.Refusal(new OrderedDictionary<string, int>(ignoring)).ShouldContain("comparer");
        Travel.Refusal(new ConcurrentDictionary<string, int>(ignoring)).ShouldContain("comparer");
        Travel.Refusal(ImmutableDictionary.Create<string, int>(ignoring)).ShouldContain("comparer");
        Travel.Refusal(ImmutableHashSet.Create<string>(ignoring)).ShouldContain("comparer");
        Travel.Refusal(ImmutableSortedSet.Create<string>(ignoring)).ShouldContain("comparer");
        Travel.Refusal<IDictionary<string, int>>(new Dictionary<string, int>(ignoring)).ShouldContain("comparer");
        Travel.Refusal(new Zoo { ByName = new(ignoring) }).ShouldContain("Zoo.ByName");

        Travel.ThereAndBack(new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = 1 }).Count.ShouldBe(1);
        Travel.ThereAndBack(new HashSet<string>(EqualityComparer<string>.Default) { "a" }).Count.ShouldBe(1);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_refused_with_its_path()
    {
        Travel.Refusal<List<string>>(["a", "\uD83D"]).ShouldContain("surrogate");
        Travel.Refusal(new Zoo { Name = "\uDC00\uD83D" }).ShouldContain("Zoo.Name: the text contains half of a surrogate pair");
        Travel.Refusal(new Dictionary<string, int> { ["\uD83D"] = 1 }).ShouldContain("surrogate");
        Travel.Refusal(new Zoo { Site = new Uri("http://a/\uD83D") }).ShouldContain("surrogate");
    }

    [Fact]
    public void A_cycle_is_refused_and_does_not_end_the_process()
    {
        var node = new Node();
        node.Next = node;
        Travel.Refusal(node).ShouldContain("refers to itself");
        var graph = new Node { Neighbours = [] };
        graph.Neighbours.AddRange([graph, graph, graph]);
        Travel.Refusal(graph).ShouldContain("refers to itself");
    }

    [Fact]
    public void A_default_immutable_array_is_refused()
        => Travel.Refusal(default(ImmutableArray<string>)).ShouldContain("ImmutableArray<String>");

    [Fact]
    public void A_getter_that_throws_fails_the_submission_with_its_exception_inside()
    {
        var error = Should.Throw<PayloadException>(() => Travel.Encode(new Explosive { Value = 1 }));
        error.Side.ShouldBe(PayloadSide.Submit);
        error.InnerException.ShouldBeOfType<FormatException>().Message.ShouldBe("while writing");
        error.Message.ShouldContain("Explosive");
    }

    [Fact]
    public void A_setter_or_constructor_that_throws_fails_the_reading_with_its_exception_inside()
    {
        byte[] bytes = "{\"Value\":3}"u8.ToArray();
        var error = Should.Throw<PayloadException>(
            () => PayloadCodec.Decode<Explosive>(PayloadCodec.Default, bytes, PayloadSide.WorkerInput));
        error.Side.ShouldBe(PayloadSide.WorkerInput);
        error.InnerException.ShouldBeOfType<FormatException>().Message.ShouldBe("while reading");

        bytes = Travel.Encode(Picky.Unchecked());
        error = Should.Throw<PayloadException>(() => PayloadCodec.Decode<Picky>(PayloadCodec.Default, bytes, PayloadSide.ParentResult));
        error.Side.ShouldBe(PayloadSide.ParentResult);
        error.InnerException.ShouldBeOfType<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Bytes_that_are_no_such_value_are_refused()
    {
        foreach (string json in (string[])["", "{", "[]", "nul", "{\"Unknown\":1}", "{\"Name\":{}}", "\"\u0001"])
        {
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(json);
            Should.Throw<PayloadException>(() => PayloadCodec.Decode<Zoo>(PayloadCodec.Default, bytes, PayloadSide.WorkerInput))
                .Side.ShouldBe(PayloadSide.WorkerInput);
        }
    }

    [Fact]
    public void Whatever_a_foreign_codec_throws_becomes_an_error_of_that_side()
    {
        using var writer = new PayloadWriter();
        var error = Should.Throw<PayloadException>(() => PayloadCodec.Encode(new BrokenCodec(), 1, writer, PayloadSide.Result));
        error.Side.ShouldBe(PayloadSide.Result);
        error.InnerException.ShouldBeOfType<NotImplementedException>();
        error.Message.ShouldContain("BrokenCodec");
        Should.Throw<PayloadException>(() => PayloadCodec.Decode<int>(new BrokenCodec(), [], PayloadSide.ParentResult))
            .Side.ShouldBe(PayloadSide.ParentResult);
    }

    [Fact]
    public void After_a_refusal_the_codec_works_on()
    {
        Travel.Refusal(new Zoo { Name = "\uD83D" });
        Travel.ThereAndBack(new Zoo { Name = "fine" }).Name.ShouldBe("fine");
    }

    internal class Animal
    {
        public int Legs { get; set; }
    }

    internal sealed class Dog : Animal;

    [JsonDerivedType(typeof(Fox), "fox")]
    [JsonPolymorphic(UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FallBackToBaseType)]
    internal class Beast
    {
        public int Legs { get; set; }
    }

    internal class Fox : Beast;

    internal sealed class Wolf : Beast;

    internal sealed class Hyena : Fox;

    internal sealed class Zoo
    {
        public string? Name { get; set; }

        public List<Animal> Animals { get; set; } = [];

        public Dictionary<string, Animal> ByName { get; set; } = [];

        public int[] Counts { get; set; } = [];

        public Uri? Site { get; set; }
    }

    internal sealed class Node
    {
        public Node? Next { get; set; }

        public List<Node> Neighbours { get; set; } = [];
    }

    internal sealed class Explosive
    {
        public int Value
        {
            get => field == 1 ? throw new FormatException("while writing") : field;
            set => field = value == 3 ? throw new FormatException("while reading") : value;
        }
    }

    internal sealed class Picky(int value)
    {
        public int Value { get; init; } = value == 0 ? 0 : throw new ArgumentOutOfRangeException(nameof(value));

        public static Picky Unchecked() => new(0) { Value = 3 };
    }

    internal sealed class OwnList : List<string>;

    private sealed class BrokenCodec : IPayloadCodec
    {
        public void Encode<T>(T value, IBufferWriter<byte> output) => throw new NotImplementedException();

        public T Decode<T>(ReadOnlySpan<byte> payload) => throw new NotImplementedException();
    }
}
