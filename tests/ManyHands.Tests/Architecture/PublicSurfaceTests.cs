using System.Reflection;
using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace ManyHands.Tests.Architecture;

public sealed class PublicSurfaceTests
{
    private static readonly Assembly _library = typeof(ExecutorException).Assembly;

    [Fact]
    public void Every_public_type_lives_in_the_one_namespace()
    {
        _library.GetExportedTypes().Length.ShouldBeGreaterThan(10);
        _library.GetExportedTypes().Where(type => type.Namespace != nameof(ManyHands)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_public_member_has_documentation()
    {
        var documented = Documented();
        documented.Count.ShouldBeGreaterThan(50);
        var members = _library.GetExportedTypes().SelectMany(NamesOf).ToList();
        members.ShouldContain("P:ManyHands.WorkerLostException.Pid");
        members.ShouldContain("F:ManyHands.PayloadSide.Result");
        members.Where(member => !IsDocumented(member, documented)).ShouldBeEmpty();
        IsDocumented("P:ManyHands.WorkerLostException.Invented", documented).ShouldBeFalse();
    }

    private static bool IsDocumented(string member, HashSet<string> documented) => documented.Contains(member);

    private static HashSet<string> Documented()
    {
        var file = XDocument.Load(Path.ChangeExtension(_library.Location, ".xml"));
        // Overloads share a name here: the parameters after the bracket are left out, and the arity of generic methods.
        return [.. file.Descendants("member")
            .Where(member => member.Elements().Any(element => !string.IsNullOrWhiteSpace(element.Value) || element.Name == "inheritdoc"))
            .Select(member => member.Attribute("name")!.Value.Split('(')[0].Split("``")[0])];
    }

    private static IEnumerable<string> NamesOf(Type type)
    {
        string name = type.FullName!.Replace('+', '.');
        yield return $"T:{name}";
        var own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var member in type.GetMembers(own).Where(member => IsOurs(type, member)))
        {
            yield return member switch
            {
                ConstructorInfo => $"M:{name}.#ctor",
                MethodInfo method => $"M:{name}.{method.Name}",
                PropertyInfo property => $"P:{name}.{property.Name}",
                EventInfo @event => $"E:{name}.{@event.Name}",
                _ => $"F:{name}.{member.Name}",
            };
        }
    }

    private static bool IsOurs(Type type, MemberInfo member)
    {
        bool visible = member switch
        {
            MethodBase method => IsVisible(method) && (!method.IsSpecialName || method.IsConstructor),
            PropertyInfo property => property.GetAccessors(nonPublic: true).Any(IsVisible),
            EventInfo @event => IsVisible(@event.AddMethod!),
            FieldInfo field => (field.IsPublic || field.IsFamily) && !field.IsSpecialName,
            _ => false,
        };
        if (!visible || member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false) || type.IsSubclassOf(typeof(Delegate)))
            return false;
        if (member is ConstructorInfo constructor)
            return !IsRecord(type) && constructor.GetParameters().Length > 0; // Nobody wrote the others.
        return !(IsRecord(type) && (member.Name is "Deconstruct" or "EqualityContract" or "PrintMembers" || IsPositional(type, member)));
    }

    private static bool IsRecord(Type type) => type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    // Positional members of a record are documented as parameters of the type.
    private static bool IsPositional(Type type, MemberInfo member)
        => type.GetConstructors().Any(constructor => constructor.GetParameters().Any(parameter => parameter.Name == member.Name));

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
}
