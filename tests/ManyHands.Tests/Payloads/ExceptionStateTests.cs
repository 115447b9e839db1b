using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using ManyHands.Payloads;

namespace ManyHands.Tests.Payloads;

public sealed class ExceptionStateTests
{
    // Their state means something in one process only, or no public constructor and no setter takes it.
    private static readonly string[] _neverWhole =
    [
        "System.ComponentModel.DataAnnotations.ValidationException as RemoteTaskException",
        "System.ComponentModel.InvalidEnumArgumentException as ArgumentException",
        "System.ComponentModel.LicenseException as SystemException",
        "System.Data.DBConcurrencyException as SystemException",
        "System.Net.Mail.SmtpFailedRecipientsException as SmtpFailedRecipientException",
        "System.Reflection.ReflectionTypeLoadException as SystemException",
        "System.Security.SecurityException as SystemException",
    ];

    [Fact]
    public void Every_exception_of_the_framework_arrives_whole_or_as_its_nearest_base_with_its_real_name()
    {
        int made = 0;
        var lost = new SortedSet<string>();
        var partly = new SortedSet<string>();
        var whole = new HashSet<string>();
        foreach (var type in FrameworkExceptions.Types)
        {
            foreach (var sent in FrameworkExceptions.Made(type))
            {
                made++;
                var arrived = Travelled(sent);
                if (Complaint(sent, arrived) is { } complaint)
                    lost.Add($"{type}: {complaint}");
                if (arrived.GetType() == type)
                    whole.Add(type.FullName!);
                else
                    partly.Add($"{type.FullName} as {arrived.GetType().Name}");
            }
        }

        made.ShouldBeGreaterThan(400);
        FrameworkExceptions.Types.Length.ShouldBeGreaterThan(170);
        lost.ShouldBeEmpty();
        partly.ShouldBe(_neverWhole);
    }

    [Fact]
    public void Exceptions_of_the_work_keep_what_their_constructors_and_setters_take()
    {
        Travelled(new CodeException(7, "seven")).ShouldBeOfType<CodeException>().Code.ShouldBe(7);
        var order = Travelled(new OrderException("gone", new Purchase(3, "bow"), HttpStatusCode.Gone) { Comment = "why", Tags = ["a", "b"] }).ShouldBeOfType<OrderException>();
        order.Message.ShouldBe("Order: gone (410)");
        (order.Order, order.Status, order.Comment).ShouldBe((new Purchase(3, "bow"), HttpStatusCode.Gone, "why"));
        order.Tags.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void What_would_lose_something_arrives_as_the_nearest_base_with_the_real_name()
    {
        var secretive = Travelled(Thrown(new SecretiveException("now"))).ShouldBeOfType<InvalidOperationException>();
        secretive.Data[RemoteTaskException.RealTypeKey].ShouldBe(typeof(SecretiveException).FullName);
        secretive.ToString().ShouldContain($"thrown as {typeof(SecretiveException).FullName}");
        secretive.StackTrace!.ShouldContain(nameof(Thrown));
        Travelled(new MoreSecretiveException("late", Stream.Null)).ShouldBeOfType<TimeoutException>().Message.ShouldBe("late");
        Travelled(new MoreSecretiveException("late", null!)).ShouldBeOfType<MoreSecretiveException>();
        Travelled(Thrown(() => Regex.IsMatch("", "("))).ShouldBeOfType<ArgumentException>().Data[RemoteTaskException.RealTypeKey].ShouldBe(typeof(RegexParseException).FullName);

        // A second journey keeps the name.
        Travelled(secretive).Data[RemoteTaskException.RealTypeKey].ShouldBe(typeof(SecretiveException).FullName);
    }

    [Fact]
    public void What_the_framework_throws_is_caught_as_before_it_travelled()
    {
        var thrown = (JsonException)Thrown(() => JsonDocument.Parse("[1,"));
        var json = Travelled(thrown).ShouldBeAssignableTo<JsonException>();
        (json!.LineNumber, json.BytePositionInLine).ShouldBe((thrown.LineNumber, thrown.BytePositionInLine));
        Travelled(new SocketException((int)SocketError.HostDown)).ShouldBeOfType<SocketException>().SocketErrorCode.ShouldBe(SocketError.HostDown);
        var range = Travelled(new ArgumentOutOfRangeException("day", (DayOfWeek)9, "no such day")).ShouldBeOfType<ArgumentOutOfRangeException>();
        range.ActualValue.ShouldBe((DayOfWeek)9);
        Travelled(new ArgumentOutOfRangeException("order", new Purchase(1, "bow"), "no")).ShouldBeOfType<ArgumentException>().ParamName.ShouldBe("order");
        Travelled(new ArgumentOutOfRangeException("at", new Point(1, 2), "no")).ShouldBeOfType<ArgumentOutOfRangeException>().ActualValue.ShouldBe(new Point(1, 2));
    }

    [Fact]
    public void Data_travels_and_what_does_not_says_so()
    {
        var sent = new FormatException("bad") { Data = { ["number"] = 7L, [DayOfWeek.Friday] = Guid.Empty, ["none"] = null, ["order"] = new Purchase(3, "bow") } };
        var data = Travelled(sent).Data;
        (data["number"], data[DayOfWeek.Friday], data["none"], data.Count).ShouldBe((7L, Guid.Empty, null, 4));
        data["order"].ShouldBeOfType<string>().ShouldBe($"(Purchase, which does not travel) {new Purchase(3, "bow")}");
        var many = new FormatException();
        for (int i = 0; i < 1000; i++)
            many.Data[i] = new string('x', 10_000);
        Travelled(many).Data["ManyHands.Cut"].ShouldNotBeNull();
    }

    [Fact]
    public void What_says_that_it_was_cancelled_or_had_no_memory_says_so_as_a_derived_type_too()
    {
        RemoteFailure.From(new StoppedException()).IsCancellation.ShouldBeTrue();
        RemoteFailure.From(new TaskCanceledException()).IsCancellation.ShouldBeTrue();
        RemoteFailure.From(new TimeoutException("", new TaskCanceledException())).IsCancellation.ShouldBeFalse();
        RemoteFailure.From(new TargetInvocationException(new InsufficientMemoryException())).IsOutOfMemory.ShouldBeTrue();
        RemoteFailure.From(new TargetInvocationException(Thrown(() => Marshal.ReadByte(0)))).IsAccessViolation.ShouldBeTrue();
    }

    private sealed class StoppedException : OperationCanceledException;

    private static Exception Thrown(Exception error) => Thrown(() => throw error);

    private static Exception Thrown(Action action)
    {
        try
        {
            action();
        }
        catch (Exception error)
        {
            return error;
        }

        throw new InvalidOperationException("It did not throw.");
    }

    private static string? Complaint(Exception sent, Exception arrived)
    {
        if (arrived.Message != sent.Message)
            return $"message '{arrived.Message}' for '{sent.Message}'";
        if (arrived.HResult != sent.HResult || arrived.HelpLink != sent.HelpLink || arrived.Source != sent.Source || !4711.Equals(arrived.Data["order"]))
            return "HResult, HelpLink, Source or Data";
        if (arrived.InnerException?.GetType() != sent.InnerException?.GetType() || arrived.InnerException?.Message != sent.InnerException?.Message)
            return "cause";
        if (arrived is RemoteTaskException remote)
            return remote.TypeName == sent.GetType().FullName ? null : "name";
        if (!arrived.GetType().IsInstanceOfType(sent))
            return $"arrived as {arrived.GetType()}";
        if (arrived.GetType() != sent.GetType() && !sent.GetType().FullName!.Equals(arrived.Data[RemoteTaskException.RealTypeKey]))
            return "real name";
        foreach (var property in FrameworkExceptions.State(arrived.GetType()))
        {
            string expected = FrameworkExceptions.Show(property, sent), actual = FrameworkExceptions.Show(property, arrived);
            if (actual != expected)
                return $"{property.Name} is {actual}, was {expected}";
        }

        return null;
    }

    private static Exception Travelled(Exception remote)
    {
        using var writer = new PayloadWriter();
        RemoteFailure.From(remote).Write(writer);
        return RemoteFailure.Read(writer.WrittenSpan).Rebuild(typeof(ExceptionStateTests).Assembly);
    }
}
