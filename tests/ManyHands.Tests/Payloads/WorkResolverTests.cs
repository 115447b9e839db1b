using ManyHands.Conformance;
using ManyHands.Payloads;

namespace ManyHands.Tests.Payloads;

/// <summary>A worker with other files than its parent.</summary>
public sealed class WorkResolverTests : IDisposable
{
    private readonly PlugIns _plugIns = new();

    public void Dispose() => _plugIns.Dispose();

    [Fact]
    public void An_assembly_that_the_application_does_not_have_is_loaded_from_its_file()
    {
        var work = PlugIns.Load(_plugIns.Compile("PlugIn", factor: 3));
        var found = new WorkResolver().Resolve(WorkReference.From(work));
        found.ShouldBeOfType<Func<int, int>>()(4).ShouldBe(12);
        found.Method.ShouldNotBe(work.Method);
    }

    [Fact]
    public void What_such_an_assembly_refers_to_is_found_beside_it()
    {
        var part = PlugIns.Load(_plugIns.Compile("Part", factor: 5));
        var whole = PlugIns.Load(_plugIns.Compile("Whole", factor: 5, part.Method));
        new WorkResolver().Resolve(WorkReference.From(whole)).ShouldBeOfType<Func<int, int>>()(2).ShouldBe(50);
    }

    [Fact]
    public void Another_build_is_refused_with_both_version_ids()
    {
        var reference = WorkReference.From(PlugIns.Load(_plugIns.Compile("Rebuilt", factor: 3)));
        string other = _plugIns.Compile("Rebuilt", factor: 4);

        // A running process keeps the file that it has loaded, so the other build lies elsewhere here.
        var moved = reference.DeclaringType with { Assembly = reference.DeclaringType.Assembly with { Path = other } };
        var error = Should.Throw<WorkerVersionMismatchException>(
            () => new WorkResolver().Resolve(Altered(reference, moved, reference.Token)));
        error.Message.ShouldContain("Rebuilt");
        error.Message.ShouldContain($"{reference.DeclaringType.Assembly.ModuleVersion}");
        error.Message.ShouldContain("replaced");
        error.Message.ShouldContain("folder of its own");
    }

    [Fact]
    public void A_missing_file_is_an_error_that_names_it()
    {
        string path = Path.Combine(_plugIns.Folder, "Missing.dll");
        var act = WorkReference.From((Action<int>)Work.Act);
        var missing = act.DeclaringType with { Assembly = new AssemblyAddress("Missing, Version=1.0.0.0", path, Guid.NewGuid()) };
        var error = Should.Throw<WorkerStartException>(() => new WorkResolver().Resolve(Altered(act, missing, act.Token)));
        error.Message.ShouldContain(path);
        error.ShouldNotBeOfType<WorkerVersionMismatchException>();
    }

    [Fact]
    public void A_token_that_leads_elsewhere_is_refused()
    {
        var act = WorkReference.From((Action<int>)Work.Act);
        var resolver = new WorkResolver();
        foreach (int token in (int[])[0, act.Token + 1, 0x06FFFFFF, act.DeclaringType.Token, -1])
        {
            var altered = Altered(act, act.DeclaringType, token);
            Should.Throw<WorkerVersionMismatchException>(() => resolver.Resolve(altered)).Message.ShouldContain("Work.Act");
        }

        foreach (int token in (int[])[0, act.DeclaringType.Token + 1, 0x02FFFFFF, -1])
        {
            var altered = Altered(act, act.DeclaringType with { Token = token }, act.Token);
            Should.Throw<WorkerVersionMismatchException>(() => resolver.Resolve(altered));
        }
    }

    [Fact]
    public void Malformed_bytes_are_refused_at_every_length_and_after_every_change()
    {
        byte[] bytes = Bytes(WorkReference.From((Func<List<int[,]>, string>)Work.Describe));
        for (int length = 0; length < bytes.Length; length++)
            Should.Throw<PayloadException>(() => WorkReference.Read(bytes.AsSpan(0, length)));
        Should.Throw<PayloadException>(() => WorkReference.Read([.. bytes, 0]));

        for (int i = 0; i < bytes.Length; i++)
        {
            byte[] changed = [.. bytes];
            changed[i] ^= 0x55;
            try
            {
                new WorkResolver().Resolve(WorkReference.Read(changed));
            }
            catch (ExecutorException)
            {
                // Refused by name. Everything else would fail the test.
            }
        }
    }

    [Fact]
    public void Lengths_that_promise_too_much_take_no_memory()
    {
        byte[] bytes = Bytes(WorkReference.From((Action<int>)Work.Act));
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (int length in (int[])[int.MaxValue, int.MinValue, -2, int.MaxValue / 2, 1 << 20])
        {
            byte[] changed = [.. bytes];
            BitConverter.TryWriteBytes(changed, length);
            Should.Throw<PayloadException>(() => WorkReference.Read(changed));
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(500_000);
    }

    private static WorkReference Altered(WorkReference original, TypeAddress type, int token)
    {
        using var writer = new PayloadWriter();
        type.Write(writer);
        writer.WriteInt32(token);
        writer.WriteText(original.MethodName);
        TypeAddress.WriteList(original.MethodArguments, writer);
        writer.GetSpan(1)[0] = 0;
        writer.Advance(1);
        writer.WriteText(original.DisplayName);
        LoadContextAddress.WriteList(original.Contexts, writer);
        return WorkReference.Read(writer.WrittenSpan);
    }

    private static byte[] Bytes(WorkReference reference)
    {
        using var writer = new PayloadWriter();
        reference.Write(writer);
        return writer.WrittenSpan.ToArray();
    }
}
