using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Numerics;
using System.Text.Json;

namespace ManyHands.Tests.Payloads;

/// <summary>What is no plain memory, and arrives nevertheless.</summary>
public sealed class JsonValuesTests
{
    [Fact]
    public void An_object_arrives_with_all_its_members()
    {
        var order = new Order(7, new Customer { Name = "Arjuna", Tags = ["a", "b"], Born = new DateOnly(1990, 1, 2) })
        {
            Total = 12.50m,
            Placed = new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Local),
            Site = new Uri("http://shop/orders"),
            Schema = new Version(1, 2),
            Weights = [1.5, double.NaN],
            Size = (1, "two"),
            Rating = null,
            Day = DayOfWeek.Friday,
            Big = Int128.MinValue,
            Id = Guid.NewGuid(),
        };

        var arrived = Travel.ThereAndBack(order);

        arrived.ShouldBeEquivalentTo(order);
        arrived.Placed.Kind.ShouldBe(DateTimeKind.Local);
        arrived.Total.ToString(CultureInfo.InvariantCulture).ShouldBe("12.50");
        Travel.ThereAndBack<Order?>(null).ShouldBeNull();
    }

    [Fact]
    public void Every_collection_that_is_allowed_arrives_item_by_item_and_as_itself()
    {
        Same<List<string>>(["a", "b"]);
        Same<string[]>(["a", null!]);
        Same(new LinkedList<string>(["a", "b"]));
        Same(new Queue<string>(["a", "b"]));
        Same(new ConcurrentQueue<string>(["a", "b"]));
        Same<HashSet<string>>(["a", "b"]);
        Same<SortedSet<string>>(["b", "a"]);
        Same<ImmutableArray<string>>(["a", "b"]);
        Same<ImmutableList<string>>(["a", "b"]);
        Same<ImmutableQueue<string>>(["a", "b"]);
        Same<ImmutableHashSet<string>>(["a", "b"]);
        Same<ImmutableSortedSet<string>>(["b", "a"]);
        Same<List<List<int[]>>>([[[1, 2], []], []]);
        Same(new Dictionary<string, string?> { ["$id"] = "a", [""] = null });
        Same(new Dictionary<(int, DateTime), List<string>> { [(1, DateTime.MaxValue)] = ["a"] });
        Same(new Dictionary<double, string> { [double.NaN] = "a", [-0.0] = "b" });
        Same(new Dictionary<DayOfWeek, string> { [(DayOfWeek)99] = "a" });
        Same(new Dictionary<long, string> { [long.MinValue] = "a" });
        Same(new Dictionary<bool, string> { [true] = "a" });
        Same(new Dictionary<Uri, string> { [new Uri("http://a/b?c")] = "a" });
        Same(new SortedDictionary<string, int> { ["b"] = 1, ["a"] = 2 });
        Same(new SortedList<string, int> { ["b"] = 1, ["a"] = 2 });
        Same(new OrderedDictionary<string, int> { ["b"] = 1, ["a"] = 2 });
        Same(new ConcurrentDictionary<string, int> { ["b"] = 1 });
        Same(ImmutableDictionary<string, int>.Empty.Add("b", 1));
        Same(ImmutableSortedDictionary<string, int>.Empty.Add("b", 1));
        Travel.ThereAndBack(new Memory<string>(["a", "b"], 1, 1)).ToArray().ShouldBe(["b"]);
        Travel.ThereAndBack(new ReadOnlyMemory<string>(["a", "b"], 1, 1)).ToArray().ShouldBe(["b"]);
    }

    [Fact]
    public void Dictionaries_arrive_whatever_their_keys_are()
    {
        Same(new Dictionary<(string, int), string> { [("a", 1)] = "x", [("a", 2)] = "y" });
        Same(new Dictionary<(string Name, (string, Guid) More), List<string>?> { [("a", ("b", Guid.Empty))] = ["c"], [("", default)] = null });
        Same(new Dictionary<Customer, int> { [new Customer { Name = "Arjuna" }] = 1 });
        Same(new SortedDictionary<(string, int), int> { [("b", 1)] = 1, [("a", 1)] = 2 });
        Same(new SortedList<(string, int), int> { [("b", 1)] = 1 });
        Same(new OrderedDictionary<(string, int), int> { [("b", 1)] = 1, [("a", 1)] = 2 });
        Same(new ConcurrentDictionary<(string, int), int> { [("b", 1)] = 1 });
        Same(ImmutableDictionary<(string, int), int>.Empty.Add(("b", 1), 1));
        Same(ImmutableSortedDictionary<(string, int), int>.Empty.Add(("b", 1), 1));
        Same(new Dictionary<(string, int), Dictionary<(string, int), (string, int)>> { [("a", 1)] = new() { [("b", 2)] = ("c", 3) } });
        Travel.ThereAndBack<IReadOnlyDictionary<(string, int), int>>(new Dictionary<(string, int), int> { [("a", 1)] = 1 }).ShouldBeOfType<Dictionary<(string, int), int>>()[("a", 1)].ShouldBe(1);
        Travel.ThereAndBack<Dictionary<(string, int), int>?>(null).ShouldBeNull();
        Travel.Refusal<IDictionary<(string, int), int>>(new SortedDictionary<(string, int), int>()).ShouldContain("would arrive as Dictionary");
        Travel.Refusal(new Dictionary<(string, int), int>(EqualityComparer<(string, int)>.Create((a, b) => a.Item2 == b.Item2, key => key.Item2))).ShouldContain("comparer");
    }

    [Fact]
    public void What_the_framework_keeps_to_itself_arrives_where_it_has_an_exact_form()
    {
        Equal(BigInteger.Zero, BigInteger.MinusOne, BigInteger.Pow(7, 1000), -BigInteger.Pow(7, 1001));
        Equal(Int128.MinValue, Int128.MaxValue);
        Equal(IPAddress.Loopback, IPAddress.IPv6Any, IPAddress.Parse("fe80::1%3"), IPAddress.Parse("::ffff:1.2.3.4"), IPAddress.Broadcast);
        Equal(new IPEndPoint(IPAddress.IPv6Loopback, 65535), new IPEndPoint(IPAddress.Any, 0));
        Equal(IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fe80::/10"));
        Equal(PhysicalAddress.Parse("00-11-22-33-44-55"), PhysicalAddress.None);
        Travel.ThereAndBack<IPAddress?>(null).ShouldBeNull();
        Travel.ThereAndBack<BigInteger?>(null).ShouldBeNull();
        Travel.ThereAndBack(IPAddress.Parse("fe80::1%3")).ScopeId.ShouldBe(3);
        Travel.Refusal<IPAddress>(new NamedAddress()).ShouldContain("NamedAddress and would arrive as IPAddress");

        static void Equal<T>(params T[] values) where T : notnull
        {
            foreach (T value in values)
            {
                Travel.ThereAndBack(value).ShouldBe(value);
                Travel.ThereAndBack((value, "a")).ShouldBe((value, "a"));
                Travel.ThereAndBack(new List<T> { value }).ShouldBe([value]);
                Travel.ThereAndBack(new Dictionary<T, T> { [value] = value })[value].ShouldBe(value);
            }
        }
    }

    private sealed class NamedAddress() : IPAddress(1);

    [Fact]
    public void A_collection_interface_arrives_when_it_holds_what_json_rebuilds()
    {
        Travel.ThereAndBack<IReadOnlyList<string>>(new List<string> { "a" }).ShouldBeOfType<List<string>>().ShouldBe(["a"]);
        Travel.ThereAndBack<IEnumerable<string>>(new List<string> { "a" }).ShouldBeOfType<List<string>>();
        Travel.ThereAndBack<ISet<string>>(new HashSet<string> { "a" }).ShouldBeOfType<HashSet<string>>();
        Travel.ThereAndBack<IReadOnlyDictionary<string, int>>(new Dictionary<string, int> { ["a"] = 1 })
            .ShouldBeOfType<Dictionary<string, int>>();
    }

    [Fact]
    public void Tuples_pairs_and_anonymous_types_arrive()
    {
        Travel.ThereAndBack((1, "a", (2.5, (string?)null))).ShouldBe((1, "a", (2.5, null)));
        Travel.ThereAndBack((1, 2, 3, 4, 5, 6, 7, "8", 9)).ShouldBe((1, 2, 3, 4, 5, 6, 7, "8", 9));
        Travel.ThereAndBack(KeyValuePair.Create("a", new List<int> { 1 })).Value.ShouldBe([1]);
        Travel.ThereAndBack(Tuple.Create("a", 1)).ShouldBe(Tuple.Create("a", 1));
        Travel.ThereAndBack<(int, string)?>((1, "a")).ShouldBe((1, "a"));
        Travel.ThereAndBack<(int, string)?>(null).ShouldBeNull();
        Travel.ThereAndBack(new { Name = "a", Age = 1 }).ShouldBe(new { Name = "a", Age = 1 });
    }

    [Fact]
    public void Numbers_in_objects_arrive_bit_by_bit()
    {
        double odd = BitConverter.Int64BitsToDouble(0x7FF8_0000_DEAD_BEEF);
        var arrived = Travel.ThereAndBack(("", odd, float.NegativeInfinity, (Half)0.1, -0.0m, '\uDC00', long.MaxValue, ulong.MaxValue));
        BitConverter.DoubleToInt64Bits(arrived.Item2).ShouldBe(0x7FF8_0000_DEAD_BEEF);
        arrived.Item3.ShouldBe(float.NegativeInfinity);
        arrived.Item4.ShouldBe((Half)0.1);
        decimal.GetBits(arrived.Item5).ShouldBe(decimal.GetBits(-0.0m));
        arrived.Item6.ShouldBe('\uDC00');
        arrived.Item7.ShouldBe(long.MaxValue);
        arrived.Rest.Item1.ShouldBe(ulong.MaxValue);
        Travel.ThereAndBack(("", new Complex(1, 2))).Item2.ShouldBe(new Complex(1, 2));
    }

    [Fact]
    public void Text_in_objects_arrives_whatever_characters_it_has()
    {
        foreach (string text in (string[])["", "\0\u0001\u001F\"\\/", "\u2028\uFFFF\uFEFF", "\U0001F3F9", new string('x', 100_000)])
            Travel.ThereAndBack<List<string>>([text]).ShouldBe([text]);
    }

    [Fact]
    public void A_relative_address_stays_relative()
    {
        foreach (string text in (string[])["shop/orders", "/orders", "", "http:orders", "a b"])
        {
            var arrived = Travel.ThereAndBack(new Uri(text, UriKind.Relative));
            arrived.OriginalString.ShouldBe(text);
            arrived.IsAbsoluteUri.ShouldBeFalse();
        }

        Travel.ThereAndBack(new Uri("http://ü.example/a%20b c?d#e")).ShouldBe(new Uri("http://ü.example/a%20b c?d#e"));
        Travel.ThereAndBack(new Uri("/tmp/x")).AbsoluteUri.ShouldBe("file:///tmp/x");
    }

    [Fact]
    public void Conditional_ignoring_loses_nothing()
    {
        var arrived = Travel.ThereAndBack(new Lenient { Retries = 0, Name = null });
        arrived.Retries.ShouldBe(0);
        arrived.Name.ShouldBeNull();
    }

    [Fact]
    public void Attributes_do_not_mix_in_what_was_not_sent()
    {
        var more = new Dictionary<string, JsonElement> { ["Names"] = JsonDocument.Parse("1").RootElement };
        var arrived = Travel.ThereAndBack(new Prefilled { Names = ["second"], More = more, Kind = "k" });
        arrived.Names.ShouldBe(["second"]);
        arrived.More!.Keys.ShouldBe(["Names"]);
        arrived.Kind.ShouldBe("k");
    }

    [Fact]
    public void Memory_and_structs_in_objects_arrive()
    {
        var sent = new Texts { Slice = "abc".AsMemory(1), Bytes = new byte[] { 7 }, Corner = new(1, "x"), Centre = new(2, null) };
        var arrived = Travel.ThereAndBack(sent);
        arrived.Slice.ToString().ShouldBe("bc");
        arrived.Bytes.ToArray().ShouldBe([7]);
        arrived.Corner.ShouldBe(new Texts.Point(1, "x"));
        arrived.Centre.ShouldBe(new Texts.Point(2, null));
    }

    [Fact]
    public void Properties_that_compute_are_left_alone()
    {
        var arrived = Travel.ThereAndBack(new Temperature { Kelvin = 0.1 });
        arrived.Kelvin.ShouldBe(0.1);
        Temperature.Computed.ShouldBe(0);
    }

    [Fact]
    public void Listed_derived_types_arrive_as_themselves()
    {
        Travel.ThereAndBack<Shape>(new Circle { Radius = 2 }).ShouldBeOfType<Circle>().Radius.ShouldBe(2);
        Travel.ThereAndBack<List<Shape>>([new Square { Side = 3 }])[0].ShouldBeOfType<Square>().Side.ShouldBe(3);
        Travel.ThereAndBack<IAnimal>(new Cat { Lives = 9 }).ShouldBeOfType<Cat>().Lives.ShouldBe(9);
    }

    [Fact]
    public void A_type_with_its_own_converter_is_trusted()
        => Travel.ThereAndBack(new Celsius(3)).Degrees.ShouldBe(3);

    [Fact]
    public void Private_state_arrives_where_it_asks_for_it()
    {
        var account = new Account();
        account.Deposit(5);
        Travel.ThereAndBack(account).Balance.ShouldBe(5);
    }

    [Fact]
    public void A_json_element_arrives()
        => Travel.ThereAndBack(JsonDocument.Parse("{\"a\":[1.00]}").RootElement).GetRawText().ShouldBe("{\"a\":[1.00]}");

    [Fact]
    public void A_deep_tree_arrives_on_a_small_stack()
    {
        Tree? tree = null;
        for (int i = 0; i < 120; i++)
            tree = new Tree { Child = tree, Name = $"{i}" };

        Tree? arrived = null;
        var thread = new Thread(() => arrived = Travel.ThereAndBack(tree), maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        arrived!.Name.ShouldBe("119");
    }

    private static void Same<T>(T value) where T : System.Collections.IEnumerable
    {
        var arrived = Travel.ThereAndBack(value);
        arrived.GetType().ShouldBe(value.GetType());
        arrived.Cast<object>().ShouldBe(value.Cast<object>(), new ReadableEquality(), ignoreOrder: false);
    }

    /// <summary>Compares items that are collections themselves.</summary>
    private sealed class ReadableEquality : IEqualityComparer<object>
    {
        public new bool Equals(object? x, object? y) => Readable(x) == Readable(y);

        public int GetHashCode(object obj) => 0;

        private static string Readable(object? value) => value switch
        {
            null => "null",
            string text => text,
            System.Collections.IEnumerable items => $"[{string.Join(", ", items.Cast<object>().Select(Readable))}]",
            _ when value.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) =>
                $"{Readable(type.GetProperty("Key")!.GetValue(value))}={Readable(type.GetProperty("Value")!.GetValue(value))}",
            _ => value.ToString()!,
        };
    }
}
