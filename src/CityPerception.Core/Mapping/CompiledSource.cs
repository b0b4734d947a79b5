using System.Text.Json;
using System.Text.Unicode;
using CityPerception.Core.Cities;
using CityPerception.Core.Decoding;
using CityPerception.Core.Decoding.Sparkplug;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Mapping.Paths;
using CityPerception.Core.Mapping.Plans;
using CityPerception.Core.Observations;
using CityPerception.Core.Text.Understanding;

namespace CityPerception.Core.Mapping;

/// <summary>
/// A source file, ready to run: bytes in, line protocol or rejections out. Immutable and shared by all threads; what a
/// message needs while it is mapped is in its <see cref="MappingRun"/>. Allocates nothing for a message that is taken.
/// </summary>
public sealed class CompiledSource
{
    private readonly IDecoder _decoder;
    private readonly Evaluator? _when;
    private readonly ObservationPlan[] _ofDocument;
    private readonly ObservationPlan[] _observations;
    private readonly int _innermost;
    private readonly int _maxElements;

    internal CompiledSource(SourceFile file, IDecoder decoder, ScopePlan[] scopes, int innermost, Evaluator? when, ObservationPlan[] ofDocument, ObservationPlan[] observations, City city)
    {
        File = file;
        _decoder = decoder;
        Scopes = scopes;
        _innermost = innermost;
        _when = when;
        _ofDocument = ofDocument;
        _observations = observations;
        City = city;
        _maxElements = city.Limits.Elements;
        ReadMembers = scopes is [{ GatherCount: 0 } only] ? MembersOf(only) : null;
        // A mapping that walks the document's own elements wants the array whole.
        WantsWholeArray = scopes.Length > 1 && scopes[1].Container.Scope == 0 && scopes[0].SlotPaths[scopes[1].Container.Index] is ['$', '[', ..];
    }

    /// <summary>As the engineer wrote it.</summary>
    public SourceFile File { get; }

    public string Name => File.Source;

    /// <summary>The MQTT topic filters it takes messages from.</summary>
    public IReadOnlyList<string> Topics => File.From?.Mqtt ?? [];

    /// <summary>The MQTT topic filters of what is not for it though one of <see cref="Topics"/> matches.</summary>
    public IReadOnlyList<string> Exceptions => File.From?.Except ?? [];

    /// <summary>The HJ 212 frames it takes, as filters of ST/CN/MN.</summary>
    public IReadOnlyList<string> Hj212Frames => File.From?.Hj212 ?? [];

    /// <summary>The measurements that its observations are of.</summary>
    public IEnumerable<string> Measurements => (File.Observation is { } only ? [only] : File.Observations ?? []).Select(static o => o.Measurement);

    /// <summary>Whether it reads Sparkplug B.</summary>
    public bool IsSparkplug => _decoder is SparkplugDecoder;

    /// <summary>The first-level members that the mapping reads of a document; null if it may read any, as with <c>each</c> or <c>members</c>.</summary>
    public IReadOnlySet<string>? ReadMembers { get; }

    /// <summary>Whether it says that it wants what devices send that are not in the registry, be it to keep it.</summary>
    public bool AdmitsUnknown => File.Unknown is UnknownDevices.Accept or UnknownDevices.Quarantine;

    internal ScopePlan[] Scopes { get; }

    internal City City { get; }

    /// <summary>The zone of its times that name none.</summary>
    internal TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>What is known of the words in its texts.</summary>
    public required TextTables Texts { get; init; }

    /// <summary>It asks how good or bad a text is.</summary>
    public bool AsksForScores { get; init; }

    /// <summary>What a document without the array of <c>each</c> is put into; null for nothing.</summary>
    internal SingleElement? Single { get; init; }

    internal int MaxDepth => City.Limits.Depth;

    /// <summary>A top-level array is one document to it (<c>each: $[*]</c>), not one an element.</summary>
    public bool WantsWholeArray { get; }

    /// <summary>Maps a message. What became of it is in <paramref name="run"/> until the next one.</summary>
    public void Map(in Message message, MappingRun run)
    {
        run.Begin(this, in message);
        if (message.Payload.IsEmpty)
        {
            run.RejectWhole(RejectionReason.PayloadEmpty, "$", "the message is empty");
            return;
        }

        if (_decoder.IsText && !Utf8.IsValid(message.Payload))
        {
            if (File.Encoding == TextEncoding.Gb18030 && run.TryReadGb18030(message.Payload, out ReadOnlySpan<byte> utf8))
            {
                _decoder.Decode(new Message { Payload = utf8, Topic = message.Topic, Properties = message.Properties, ReceivedNs = message.ReceivedNs, Retained = message.Retained }, run);
                return;
            }

            run.RejectWhole(RejectionReason.TextEncodingInvalid, $"byte {TextFault.FirstInvalidUtf8(message.Payload)}", File.Encoding == TextEncoding.Gb18030 ? "neither UTF-8 nor GB 18030" : "not UTF-8");
            return;
        }

        _decoder.Decode(in message, run);
    }

    /// <summary>Maps one document. Returns how many bytes it took; −1 if it was not JSON.</summary>
    internal int Document(ReadOnlySpan<byte> json, MappingRun run)
    {
        run.NextDocument();
        var capture = new JsonCapture(json, 0, MaxDepth, run.Slots(0), run.Gathers(0));
        try
        {
            capture.Read(Scopes[0].Root);
        }
        catch (JsonException e)
        {
            bool tooDeep = capture.IsTooDeep;
            run.Reject(new Rejection(
                tooDeep ? RejectionReason.DepthExceeded : RejectionReason.SyntaxInvalid,
                run.CurrentElement,
                $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}",
                tooDeep ? $"nested deeper than {MaxDepth}" : TextFault.Describe(e)));
            return -1;
        }

        if (capture.DuplicateSlot >= 0)
        {
            run.Reject(new Rejection(RejectionReason.DuplicateKey, run.CurrentElement, Scopes[0].SlotPaths[capture.DuplicateSlot], "the key occurs twice"));
            return capture.BytesConsumed;
        }

        ReadOnlySpan<byte> document = json[..capture.BytesConsumed];
        if (Single is not null && run[Scopes[1].Container].Kind is SlotKind.None)
        {
            document = run.Wrap(Single, document);
            new JsonCapture(document, 0, MaxDepth + Single.Depth, run.Slots(0), run.Gathers(0)).Read(Scopes[0].Root);
        }

        if (_innermost == 0)
        {
            Observe(document, document, run);
            return capture.BytesConsumed;
        }

        if (_ofDocument.Length > 0)
        {
            run.NextElement();
            Write(_ofDocument, new MappingContext(document, run), document, run);
        }

        Walk(1, document, run);
        return capture.BytesConsumed;
    }

    /// <summary>Captures the values of one element of a scope. False if a key that is read occurs twice.</summary>
    internal bool TryCapture(int scope, ReadOnlySpan<byte> document, int start, int length, Slot key, MappingRun run)
    {
        ScopePlan plan = Scopes[scope];
        Span<Slot> slots = run.Slots(scope);
        var capture = new JsonCapture(document.Slice(start, length), start, MaxDepth, slots, run.Gathers(scope));
        capture.Read(plan.Root);
        if (plan.KeySlot >= 0) slots[plan.KeySlot] = key;
        return capture.DuplicateSlot < 0
            || run.Fail(RejectionReason.DuplicateKey, plan.SlotPaths[capture.DuplicateSlot], "the key occurs twice");
    }

    private static HashSet<string>? MembersOf(ScopePlan scope)
    {
        var members = new HashSet<string>(StringComparer.Ordinal);
        foreach (string text in scope.SlotPaths)
        {
            if (MappingGrammar.ParsePath(text) is not { Up: MappingPath.Root, Segments: [PathSegment.Member member, ..] }) return null;
            members.Add(member.Name);
        }

        return members;
    }

    private void Walk(int scope, ReadOnlySpan<byte> document, MappingRun run)
    {
        Slot container = run[Scopes[scope].Container];
        if (container.Kind == SlotKind.None || (Scopes[scope].IsIterated && container.Kind != SlotKind.Json))
        {
            if (container.Kind is SlotKind.None or SlotKind.Null)
            {
                if (scope > 1 || _ofDocument.Length == 0) run.Filter(); // of the document something was made
            }
            else run.Reject(new Rejection(RejectionReason.TypeMismatch, run.CurrentElement, File.Each!, "an array or object is needed"));
            return;
        }

        if (!Scopes[scope].IsIterated)
        {
            Element(scope, document, container.Start, container.Length, default, run);
            return;
        }

        var children = new JsonChildren(document.Slice(container.Start, container.Length), container.Start, MaxDepth);
        while (children.MoveNext())
        {
            if (run.ElementCount > _maxElements)
            {
                run.RejectWhole(RejectionReason.ElementsExceeded, File.Each!, $"more than {_maxElements} elements in one message");
                return;
            }

            Element(scope, document, children.Start, children.Length, children.Key, run);
        }
    }

    private void Element(int scope, ReadOnlySpan<byte> document, int start, int length, Slot key, MappingRun run)
    {
        if (scope == _innermost) run.NextElement();
        if (!TryCapture(scope, document, start, length, key, run)) run.Reject(run.Failure);
        else if (scope < _innermost) Walk(scope + 1, document, run);
        else Observe(document, document.Slice(start, length), run);
    }

    private void Observe(ReadOnlySpan<byte> document, ReadOnlySpan<byte> element, MappingRun run)
    {
        var context = new MappingContext(document, run);
        if (_when is not null && !_when(in context).IsTruthy)
        {
            run.Filter();
            return;
        }

        Write(_observations, in context, element, run);
    }

    // Where an element makes several points, they are one report: all of them, or none.
    private void Write(ObservationPlan[] observations, scoped in MappingContext context, ReadOnlySpan<byte> element, MappingRun run)
    {
        int length = run.Lines.Length, lines = run.Lines.LineCount;
        foreach (ObservationPlan observation in observations)
        {
            if (observation.TryWrite(this, in context, element)) continue;
            run.Lines.Rewind(length, lines);
            run.Reject(run.Failure);
            return;
        }

        if (run.Lines.LineCount == lines) run.Filter();
    }
}
