using ManyHands.Completions;
using ManyHands.Conformance;
using ManyHands.Conformance.Work;
using ManyHands.Payloads;

namespace ManyHands.Tests.Completions;

/// <summary>A task has ended where it ran, the decoding of its result does not end, and its caller cancels it: at any moment, and is heard.</summary>
public sealed class LateEndTests : IDisposable
{
    private readonly Files _files = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly Owner _owner = new();
    private readonly string _gate;
    private readonly string _begun;
    private readonly TaskItem<(string, string), SlowToDecode> _item;

    public LateEndTests()
    {
        _gate = _files.New();
        _begun = _files.New();
        var work = new Work<(string, string), SlowToDecode>((Func<(string, string), SlowToDecode>)SlowToDecode.Make);
        _item = new(work, (_begun, _gate), SubmitOptions.Default, PayloadCodec.Default, mayRunHere: false, _cancel.Token) { Owner = _owner };
    }

    public void Dispose()
    {
        Files.Open(_gate);
        _owner.Released.Wait(Within.Limit).ShouldBeTrue();
        _cancel.Dispose();
        _files.Dispose();
    }

    [Fact]
    public async Task Who_listens_to_the_caller_only_then_hears_it_still()
    {
        _item.Complete(0, Result());
        await Within.Until(() => File.Exists(_begun));
        _item.ListenToCaller();
        await _cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => _item.Completion.Time());
    }

    [Fact]
    public async Task Who_is_asked_before_the_owner_knows_of_the_decoding_hears_it_too()
    {
        _item.ListenToCaller();
        _owner.Expecting = _cancel.Cancel;
        _item.Complete(0, Result());
        await Should.ThrowAsync<OperationCanceledException>(() => _item.Completion.Time());
    }

    [Fact]
    public async Task One_that_was_asked_before_and_ends_well_has_its_result()
    {
        _item.ListenToCaller();
        await _cancel.CancelAsync();
        _item.Complete(0, Result());
        await Within.Until(() => File.Exists(_begun));
        Files.Open(_gate);
        (await _item.Completion.Time()).Begun.ShouldBe(_begun);
    }

    private ReadOnlySpan<byte> Result() =>
        Payload.Encode(PayloadCodec.Default, new SlowToDecode(_begun, _gate), PayloadSide.Result).Bytes.Span;

    /// <summary>As a pool, with one item.</summary>
    private sealed class Owner : IWorkOwner
    {
        private LateEnd? _late;

        public ManualResetEventSlim Released { get; } = new();

        public Action? Expecting { get; set; }

        public void RequestCancel(WorkItem item, CancelReason reason)
        {
            item.TryMarkCancelled(reason);
            Volatile.Read(ref _late)?.GiveUp();
        }

        public bool Expect(LateEnd end)
        {
            Expecting?.Invoke();
            Volatile.Write(ref _late, end);
            return true;
        }

        public void Forget(LateEnd end)
        {
        }

        public void Ended(WorkItem item, TaskOutcome outcome, Exception? error, int count = 1)
        {
        }

        public void Hold()
        {
        }

        public void Release() => Released.Set();
    }
}
