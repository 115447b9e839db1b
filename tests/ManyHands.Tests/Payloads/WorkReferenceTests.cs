using System.Linq.Expressions;
using System.Reflection;
using ManyHands.Payloads;

namespace ManyHands.Tests.Payloads;

public sealed class WorkReferenceTests
{
    private readonly WorkResolver _resolver = new();
    private readonly int _field = 1;

    public static TheoryData<Delegate, string> AllKinds => new()
    {
        { (Action<int>)Work.Act, "Act" },
        { (Action<int, CancellationToken>)Work.ActWithToken, "ActWithToken" },
        { (Func<int, string>)Work.Calculate, "Calculate" },
        { (Func<int, CancellationToken, string>)Work.CalculateWithToken, "CalculateWithToken" },
        { (Func<int, Task>)Work.Wait, "Wait" },
        { (Func<int, CancellationToken, Task>)Work.WaitWithToken, "WaitWithToken" },
        { (Func<int, Task<string>>)Work.Fetch, "Fetch" },
        { (Func<int, CancellationToken, Task<string>>)Work.FetchWithToken, "FetchWithToken" },
    };

    [Theory]
    [MemberData(nameof(AllKinds))]
    public void Every_kind_of_work_is_found_again_with_its_own_type(Delegate work, string name)
    {
        var reference = WorkReference.From(work);
        var found = Resolve(reference);

        found.GetType().ShouldBe(work.GetType());
        found.Method.ShouldBe(work.Method);
        reference.DisplayName.ShouldBe($"ManyHands.Tests.Payloads.Work.{name}");
        reference.TakesToken.ShouldBe(name.Contains("Token", StringComparison.Ordinal));
    }

    [Fact]
    public void Lambdas_and_local_functions_without_captures_are_found_again()
    {
        static int Twice(int x) => 2 * x;
        int Thrice(int x) => 3 * x;

        Invoke<int, int>(static x => x + 1, 1).ShouldBe(2);
        Invoke<int, int>(x => x + 2, 1).ShouldBe(3);
        Invoke<int, int>(Twice, 4).ShouldBe(8);
        Invoke<int, int>(Thrice, 4).ShouldBe(12);
        Invoke<int, int>(x => ((Func<int, int>)(y => y * 10))(x), 4).ShouldBe(40);
    }

    [Fact]
    public void Generic_methods_and_types_are_found_again_with_their_arguments()
    {
        Invoke<int, string>(Work.Describe, 4).ShouldBe("Int32 4");
        Invoke<List<Dictionary<string, int[]>[]>, string>(Work.Describe, []).ShouldStartWith("List`1");
        Invoke<string, string>(Box<DateTime>.Nested<int[,]>.Name<Guid>, "x").ShouldBe("DateTime Int32[,] Guid x");
        Invoke<string, string>(Box<DateTime>.Lambda<Uri>(), "x").ShouldBe("DateTime Uri x");
    }

    [Fact]
    public void Readable_names_stand_for_what_the_compiler_generated()
    {
        static int Local(int x) => x;
        const string here = "ManyHands.Tests.Payloads.WorkReferenceTests.Readable_names_stand_for_what_the_compiler_generated";
        WorkReference.From((Func<int, int>)(x => x)).DisplayName.ShouldBe($"{here} lambda");
        WorkReference.From((Func<int, int>)Local).DisplayName.ShouldBe($"{here}.Local");
        WorkReference.From(Box<int>.Lambda<Uri>()).DisplayName.ShouldBe("ManyHands.Tests.Payloads.Box.Lambda lambda");
    }

    [Fact]
    public void One_method_has_one_reference()
    {
        var first = WorkReference.From(new Func<int, string>(Work.Calculate));
        WorkReference.From(new Func<int, string>(Work.Calculate)).ShouldBeSameAs(first);
        Travelled(first).ShouldBe(first);
        _resolver.Resolve(Travelled(first)).ShouldBe(_resolver.Resolve(first));
    }

    [Fact]
    public void Captured_variables_are_refused_by_name()
    {
        int factor = 3;
        var list = new List<int>();
        string message = Refusal((int x) => list.Add(factor * x));
        message.ShouldContain("'factor'");
        message.ShouldContain("'list'");
        message.ShouldContain("Captured_variables_are_refused_by_name");

        for (int i = 0; i < 1; i++)
        {
            int inner = i;
            message = Refusal((int x) => inner + factor + x);
            message.ShouldContain("'inner'");
            message.ShouldContain("'factor'");
        }
    }

    [Fact]
    public void The_object_itself_is_refused_as_this()
    {
        Refusal((int x) => _field + x).ShouldContain("captures 'this'");
        int local = 1;
        string message = Refusal((int x) => _field + local + x);
        message.ShouldContain("'this'");
        message.ShouldContain("'local'");
    }

    [Fact]
    public void Methods_of_an_object_are_refused()
    {
        Refusal(new Func<int, int>(InstanceMethod)).ShouldContain("instance method of WorkReferenceTests");
        Refusal(new Func<object, bool>("text".Equals)).ShouldContain("instance method of String");
        var open = (Func<string, string>)Delegate.CreateDelegate(typeof(Func<string, string>), typeof(string).GetMethod("Trim", [])!);
        Refusal(open).ShouldContain("open instance method");
    }

    [Fact]
    public void A_static_method_that_holds_its_first_argument_is_refused()
        => Refusal(new Func<int, string>("text".Repeated)).ShouldContain("already holds its first argument, a String");

    [Fact]
    public void Several_delegates_in_one_are_refused()
        => Refusal((Action<int>)Work.Act + Work.Act).ShouldContain("several delegates");

    [Fact]
    public void Code_without_an_assembly_file_is_refused()
    {
        // DynamicMethod itself cannot be tested here: the suite runs with dynamic code switched off.
        var parameter = Expression.Parameter(typeof(int));
        Refusal(Expression.Lambda<Func<int, int>>(parameter, parameter).Compile()).ShouldContain("Func");

        var assembly = Assembly.Load(File.ReadAllBytes(typeof(WorkReferenceTests).Assembly.Location));
        var act = assembly.GetType(typeof(Work).FullName!)!.GetMethod(nameof(Work.Act))!;
        Refusal(act.CreateDelegate<Action<int>>()).ShouldContain("loaded from memory");
    }

    [Fact]
    public void Other_awaitables_than_tasks_are_refused()
    {
        Refusal((int _) => ValueTask.CompletedTask).ShouldContain("Let it return Task");
        Refusal((int x) => ValueTask.FromResult(x)).ShouldContain("ValueTask<Int32>");
        Refusal((int _) => Task.CompletedTask.ConfigureAwait(false)).ShouldContain("Let it return Task");
        Refusal(new Action<int>(async _ => await Task.Yield())).ShouldContain("async void");
    }

    [Fact]
    public void Other_signatures_than_the_delegates_own_are_refused()
    {
        Refusal(new Func<string, object>(Work.ObjectToText)).ShouldContain("(Object) => String");
        Refusal(new Func<int, int, int>(Math.Max)).ShouldContain("Action or Func of one argument");
        Refusal(new Predicate<int>(int.IsEvenInteger)).ShouldContain("Predicate<Int32>");

        Func<string, object> converted = new Func<object, string>(Work.ObjectToText);
        Should.Throw<ArgumentException>(() => WorkReference.From(converted)).Message.ShouldContain("converted to Func<String, Object>");
    }

    private static string Refusal(Delegate work) => Should.Throw<ArgumentException>(() => WorkReference.From(work)).Message;

    private static WorkReference Travelled(WorkReference reference)
    {
        using var writer = new PayloadWriter();
        reference.Write(writer);
        return WorkReference.Read(writer.WrittenSpan);
    }

    private Delegate Resolve(WorkReference reference) => _resolver.Resolve(Travelled(reference));

    private TResult Invoke<TArgument, TResult>(Func<TArgument, TResult> work, TArgument argument)
        => Resolve(WorkReference.From(work)).ShouldBeOfType<Func<TArgument, TResult>>()(argument);

    private int InstanceMethod(int x) => x + _field;
}
