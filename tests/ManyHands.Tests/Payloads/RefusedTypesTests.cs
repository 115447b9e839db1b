using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;

namespace ManyHands.Tests.Payloads;

/// <summary>Types that would arrive changed are refused at submission with the path to the member and what to do.</summary>
public sealed class RefusedTypesTests
{
    [Fact]
    public void A_member_that_would_be_lost_is_named()
    {
        Travel.Refusal(new PrivateSetter()).ShouldContain("PrivateSetter.Total (Int32): its setter is not public");
        Travel.Refusal(new GetOnly()).ShouldContain("GetOnly.Tags (List<String>): it is read-only");
        Travel.Refusal(new ReadOnlyField()).ShouldContain("ReadOnlyField.Total (Int32): it is read-only");
        Travel.Refusal(new Ignored()).ShouldContain("Ignored.Secret (String): [JsonIgnore]");
        Travel.Refusal(new WriteOnly()).ShouldContain("WriteOnly.Secret (String): [JsonIgnore]");
        Travel.Refusal(new ReadOnly()).ShouldContain("ReadOnly.Secret (String): [JsonIgnore]");
        Travel.Refusal(new PrivateField()).ShouldContain("PrivateField._total (Int32): PrivateField keeps it private");
        Travel.Refusal(new InheritedState()).ShouldContain("InheritedState._total (Int32): PrivateField keeps it private");
        Travel.Refusal(new Captured(1)).ShouldContain("Captured.total (Int32)");
        Travel.Refusal(new WithEvent()).ShouldContain("WithEvent.Changed (EventHandler): a delegate or event");
        Travel.Refusal(new Hidden()).ShouldContain("Hidden.Name (String): Named has a value of its own");
        Travel.Refusal(new PrivateSetter()).ShouldContain("[JsonInclude]");
    }

    [Fact]
    public void The_path_leads_through_members_and_items()
    {
        Travel.Refusal(new Outer()).ShouldContain("Outer.Parts[].ByName[].Total (Int32)");
        Travel.Refusal<List<Stack<string>>>([]).ShouldContain("List<Stack<String>>[] (Stack<String>)");
        Travel.Refusal((1, (PrivateSetter?)null)).ShouldContain("ValueTuple<Int32, PrivateSetter>.Item2.Total");
        Travel.Refusal(Tuple.Create(1, (PrivateSetter?)null)).ShouldContain("Tuple<Int32, PrivateSetter>.Item2.Total");
    }

    [Fact]
    public void What_nobody_could_rebuild_is_refused()
    {
        Travel.Refusal(new WrongParameter(1)).ShouldContain("parameter 'sum'");
        Travel.Refusal(WithoutConstructor.Create()).ShouldContain("no constructor");
        Travel.Refusal(new TwoConstructors("a")).ShouldContain("no constructor");
        Travel.Refusal<object>("text").ShouldContain("declared type is object");
        Travel.Refusal<object?>(null).ShouldContain("declared type is object");
        Travel.Refusal<IComparable>("text").ShouldContain("abstract");
        Travel.Refusal<Template>(new Filled()).ShouldContain("abstract");
        Travel.Refusal(new HoldsObject()).ShouldContain("HoldsObject.Anything (Object)");
        Travel.Refusal<Unmarked>(new Unmarked()).ShouldContain("no discriminator");
    }

    [Fact]
    public void What_means_something_only_in_its_own_process_is_refused()
    {
        Travel.Refusal((Action)(() => { })).ShouldContain("delegate");
        Travel.Refusal((Func<int, int>)(x => x)).ShouldContain("delegate");
        Travel.Refusal<Expression<Func<int>>>(() => 1).ShouldContain("expression tree");
        Travel.Refusal(typeof(string)).ShouldContain("reflection");
        Travel.Refusal(typeof(string).Assembly).ShouldContain("reflection");
        Travel.Refusal<Stream>(new MemoryStream()).ShouldContain("stream");
        Travel.Refusal(new MemoryStream()).ShouldContain("stream");
        Travel.Refusal(Task.FromResult(1)).ShouldContain("Await it first");
        Travel.Refusal<ValueTask<string>>(default).ShouldContain("Await it first");
        Travel.Refusal(new SafeFileHandle()).ShouldContain("handle");
        Travel.Refusal(CancellationToken.None).ShouldContain("last parameter");
        Travel.Refusal(new HoldsToken()).ShouldContain("HoldsToken.Token (CancellationToken): cancellation");
        Travel.Refusal(Thread.CurrentThread).ShouldContain("thread");
        Travel.Refusal(new InvalidOperationException()).ShouldContain("Throw it");
        Travel.Refusal(new Lazy<int>(1)).ShouldContain("Value");
        Travel.Refusal(new StringBuilder()).ShouldContain("StringBuilder: its state is private");
        Travel.Refusal((1, new StringBuilder())).ShouldContain("Item2 (StringBuilder): its state is private");
        Travel.Refusal(JsonNode.Parse("{}")).ShouldContain("JsonElement");
        Travel.Refusal<IAsyncEnumerable<int>?>(null).ShouldContain("MapAsync");
        Travel.Refusal(new HoldsPointer()).ShouldContain("HoldsPointer.Pointer");
        Travel.Refusal<nint?>(1).ShouldContain("pointer or handle");
        Travel.Refusal<List<nint>>([]).ShouldContain("pointer or handle");
    }

    [Fact]
    public void Collections_that_would_arrive_otherwise_are_refused()
    {
        Travel.Refusal(new Stack<int>()).ShouldContain("upside down");
        Travel.Refusal(new ConcurrentStack<int>()).ShouldContain("upside down");
        Travel.Refusal(ImmutableStack<int>.Empty).ShouldContain("upside down");
        Travel.Refusal(new int[2, 2]).ShouldContain("flat array");
        Travel.Refusal<int[][,]>([]).ShouldContain("flat array");
        Travel.Refusal(new ConcurrentBag<int>()).ShouldContain("Send an array");
        Travel.Refusal(FrozenSet<int>.Empty).ShouldContain("Send an array");
        Travel.Refusal(FrozenDictionary<string, int>.Empty).ShouldContain("Send an array");
        Travel.Refusal(new ReadOnlyCollection<int>([])).ShouldContain("Send an array");
        Travel.Refusal(new ObservableCollection<int>()).ShouldContain("Send an array");
        Travel.Refusal(new ArraySegment<string>([])).ShouldContain("Send an array");
        Travel.Refusal(new ArrayList()).ShouldContain("Send an array");
        Travel.Refusal(new Hashtable()).ShouldContain("Send an array");
        Travel.Refusal(new BitArray(3)).ShouldContain("Send an array");
        Travel.Refusal(new OwnList()).ShouldContain("Send an array");
        Travel.Refusal(new PriorityQueue<string, int>()).ShouldContain("PriorityQueue<String, Int32>");
        Travel.Refusal<IReadOnlySet<int>>(new HashSet<int>()).ShouldContain("Send an array");
        Travel.Refusal(new Dictionary<PrivateField, int>()).ShouldContain("Dictionary<PrivateField, Int32>.Keys[]._total (Int32): PrivateField keeps it private");
    }

    [Fact]
    public void A_refusal_is_thrown_again_each_time_with_a_fresh_stack()
    {
        var first = Should.Throw<PayloadException>(() => Travel.Encode(new PrivateSetter()));
        var second = Should.Throw<PayloadException>(() => Travel.Encode(new PrivateSetter()));
        second.ShouldNotBeSameAs(first);
        second.StackTrace!.Split('\n').Length.ShouldBe(first.StackTrace!.Split('\n').Length);
    }

#pragma warning disable CA1823, CA1805, CS0169, CS0414, CS0649, CS0067, IDE0044, IDE0051, IDE0052 // State that exists and is not used.
    internal sealed class PrivateSetter
    {
        public int Total { get; private set; }
    }

    internal sealed class GetOnly
    {
        public List<string> Tags { get; } = [];
    }

    internal sealed class ReadOnlyField
    {
        public readonly int Total;
    }

    internal sealed class Ignored
    {
        [JsonIgnore]
        public string? Secret { get; set; }
    }

    internal sealed class WriteOnly
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWriting)]
        public string? Secret { get; set; }
    }

    internal sealed class ReadOnly
    {
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenReading)]
        public string? Secret { get; set; }
    }

    internal class PrivateField
    {
        private int _total;
    }

    internal sealed class InheritedState : PrivateField
    {
        public int Other { get; set; }
    }

    internal sealed class Captured(int total)
    {
        public int Twice() => 2 * total;
    }

    internal sealed class WithEvent
    {
        public event EventHandler? Changed;
    }

    internal class Named
    {
        public string? Name { get; set; }
    }

    internal sealed class Hidden : Named
    {
        public new string? Name { get; set; }
    }

    internal sealed class Outer
    {
        public List<Part> Parts { get; set; } = [];
    }

    internal sealed class Part
    {
        public Dictionary<string, PrivateSetter> ByName { get; set; } = [];
    }

    internal sealed class WrongParameter
    {
        public WrongParameter(int sum) => Total = sum;

        public int Total { get; set; }
    }

    internal sealed class WithoutConstructor
    {
        private WithoutConstructor()
        {
        }

        public int Total { get; set; }

        public static WithoutConstructor Create() => new();
    }

    internal sealed class TwoConstructors
    {
        public TwoConstructors(string name) => Name = name;

        public TwoConstructors(string name, int more) => Name = name + more;

        public string Name { get; set; }
    }

    internal abstract class Template;

    internal sealed class Filled : Template;

    internal sealed class HoldsObject
    {
        public object? Anything { get; set; }
    }

    internal sealed class HoldsToken
    {
        public CancellationToken Token { get; set; }
    }

    internal sealed unsafe class HoldsPointer
    {
        public int* Pointer;
        public string? Text;
    }

    [JsonDerivedType(typeof(Marked))]
    internal class Unmarked
    {
        public int Total { get; set; }
    }

    internal sealed class Marked : Unmarked;

    [SuppressMessage("Naming", "CA1710", Justification = "A list of its own is what is tested.")]
    internal sealed class OwnList : List<int>;
}
