using System.Text;
using System.Text.Json;
using CityPerception.Core.Cities;
using CityPerception.Core.Decoding;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping.Paths;
using CityPerception.Core.Mapping.Values;
using CityPerception.Core.Observations;
using CityPerception.Core.Text;
using CityPerception.Core.Text.Understanding;

namespace CityPerception.Core.Mapping;

/// <summary>
/// The workplace of one message at a time: buffers that are reused, and what became of the message. Belongs to one
/// thread; a source keeps one a connection or takes one from a pool.
/// </summary>
public sealed class MappingRun : IDocumentSink
{
    private readonly List<Rejection> _rejections = [];
    private Slot[][] _slots = [];
    private Gathered[][] _gathers = [];
    private byte[] _scratch = new byte[4096];
    private int _scratchUsed;
    private byte[] _transcoded = [], _wrapped = [];
    private byte[] _topic = new byte[256];
    private int _topicLength;
    private byte[] _device = new byte[64];
    private int _deviceLength;
    private bool _documentIsCounted;
    private CompiledSource? _source;
    private TextScores? _scores;

    /// <summary>The observations, as canonical line protocol.</summary>
    public LineBuffer Lines { get; } = new();

    /// <summary>What was refused, at most <see cref="MaxRejections"/> of it.</summary>
    public IReadOnlyList<Rejection> Rejections => _rejections;

    /// <summary>How many elements were refused, those beyond the list included.</summary>
    public int RejectedCount { get; private set; }

    /// <summary>How many of them only wait for their device to be known.</summary>
    public int QuarantinedCount { get; private set; }

    /// <summary>Nothing of the message was accepted, and its sender is to be told.</summary>
    public bool IsRefused => Lines.LineCount == 0 && RejectedCount > QuarantinedCount;

    /// <summary>How many documents or elements a condition (<c>when</c>) left out.</summary>
    public int FilteredCount { get; private set; }

    /// <summary>How many elements the message had.</summary>
    public int ElementCount { get; private set; }

    /// <summary>So many rejections of one message are kept word for word; the rest are counted.</summary>
    public const int MaxRejections = 100;

    public bool WantsWholeArray => _source!.WantsWholeArray;

    internal City City => _source!.City;

    internal TextTables Texts => _source!.Texts;

    /// <summary>How good or bad a text is: by the lexicon, unless somebody else was asked beforehand.</summary>
    internal double ScoreOf(ReadOnlySpan<byte> text) => _scores is null ? Texts.Lexicon!.Score(text) : _scores.Of(text, Texts.Lexicon!);

    /// <summary>The observation at hand has a tag that was suggested and not given.</summary>
    internal bool HasSuggestion { get; set; }

    internal long ReceivedNs { get; private set; }

    internal bool Retained { get; private set; }

    internal IMessageProperties? Properties { get; private set; }

    internal IKnownDevices? Devices { get; private set; }

    internal MessageSender? Sender { get; private set; }

    /// <summary>The tag <c>device</c> of the line at hand, where the source asks something of it.</summary>
    internal ReadOnlySpan<byte> Device => _device.AsSpan(0, _deviceLength);

    internal ReadOnlySpan<byte> Topic => _topic.AsSpan(0, _topicLength);

    /// <summary>Why the value or observation at hand is refused.</summary>
    internal Rejection Failure { get; private set; }

    /// <summary>The zone of times that name none.</summary>
    internal TimeZoneInfo Zone => _source!.Zone;

    internal bool[] FieldsSeen { get; } = new bool[256];

    internal int CurrentElement => ElementCount - 1;

    internal void Begin(CompiledSource source, in Message message)
    {
        _source = source;
        _rejections.Clear();
        Lines.Clear();
        (RejectedCount, FilteredCount, ElementCount) = (0, 0, 0);
        (ReceivedNs, Retained, Properties) = (message.ReceivedNs, message.Retained, message.Properties);
        (Devices, Sender, QuarantinedCount) = (message.Devices, message.Sender, 0);
        _scores = message.Scores;
        if (_topic.Length < message.Topic.Length) _topic = new byte[message.Topic.Length];
        message.Topic.CopyTo(_topic);
        _topicLength = message.Topic.Length;

        ScopePlan[] scopes = source.Scopes;
        if (_slots.Length < scopes.Length)
        {
            Array.Resize(ref _slots, scopes.Length);
            Array.Resize(ref _gathers, scopes.Length);
        }

        for (int i = 0; i < scopes.Length; i++)
        {
            if (_slots[i] is null || _slots[i].Length < scopes[i].SlotCount) _slots[i] = new Slot[scopes[i].SlotCount];
            if (_gathers[i] is null || _gathers[i].Length < scopes[i].GatherCount) _gathers[i] = new Gathered[scopes[i].GatherCount];
        }
    }

    /// <summary>Turns a message of GB 18030 into UTF-8, in a buffer that is kept. False if it is not GB 18030 either.</summary>
    internal bool TryReadGb18030(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        try
        {
            string text = Encodings.Gb18030.GetString(payload);
            int needed = Encoding.UTF8.GetMaxByteCount(text.Length);
            if (_transcoded.Length < needed) _transcoded = new byte[needed];
            utf8 = _transcoded.AsSpan(0, Encoding.UTF8.GetBytes(text, _transcoded));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>The document as the one element of an array, in a buffer that is kept.</summary>
    internal ReadOnlySpan<byte> Wrap(SingleElement single, ReadOnlySpan<byte> document)
    {
        int length = single.Before.Length + document.Length + single.Behind.Length;
        if (_wrapped.Length < length) _wrapped = new byte[length];
        single.Before.CopyTo(_wrapped, 0);
        document.CopyTo(_wrapped.AsSpan(single.Before.Length));
        single.Behind.CopyTo(_wrapped, single.Before.Length + document.Length);
        return _wrapped.AsSpan(0, length);
    }

    int IDocumentSink.Document(ReadOnlySpan<byte> json) => _source!.Document(json, this);

    void IDocumentSink.Reject(RejectionReason reason, string path, string detail)
    {
        NextDocument();
        Reject(new Rejection(reason, CurrentElement, path, detail));
    }

    void IDocumentSink.LeaveOut()
    {
        NextDocument();
        Filter();
    }

    void IDocumentSink.RejectWhole(RejectionReason reason, string path, string detail) => RejectWhole(reason, path, detail);

    /// <summary>Forgets what was made of the message so far: it is refused as one.</summary>
    internal void RejectWhole(RejectionReason reason, string path, string detail)
    {
        Lines.Clear();
        _rejections.Clear();
        (RejectedCount, QuarantinedCount, FilteredCount, ElementCount) = (0, 0, 0, 1);
        Reject(new Rejection(reason, 0, path, detail));
    }

    /// <summary>A document begins; it is the message's next element.</summary>
    internal void NextDocument()
    {
        ElementCount++;
        _scratchUsed = 0;
        _documentIsCounted = true;
    }

    /// <summary>An element of a document's own begins. The first takes the place that the document was counted for.</summary>
    internal void NextElement()
    {
        if (!_documentIsCounted) ElementCount++;
        _documentIsCounted = false;
        _scratchUsed = 0;
    }

    internal void Filter() => FilteredCount++;

    internal void Reject(Rejection rejection)
    {
        RejectedCount++;
        if (rejection.Reason is RejectionReason.DeviceQuarantined) QuarantinedCount++;
        if (_rejections.Count < MaxRejections) _rejections.Add(rejection);
    }

    /// <summary>Notes the device of the line at hand.</summary>
    internal void SetDevice(ReadOnlySpan<byte> device)
    {
        if (_device.Length < device.Length) _device = new byte[device.Length];
        device.CopyTo(_device);
        _deviceLength = device.Length;
    }

    /// <summary>Notes why, and returns false so that callers can return it on.</summary>
    internal bool Fail(RejectionReason reason, string path, string detail)
    {
        Failure = new Rejection(reason, CurrentElement, path, detail);
        return false;
    }

    internal Span<Slot> Slots(int scope) => _slots[scope].AsSpan(0, _source!.Scopes[scope].SlotCount);

    internal Span<Gathered> Gathers(int scope) => _gathers[scope].AsSpan(0, _source!.Scopes[scope].GatherCount);

    internal ref Slot this[SlotRef at] => ref _slots[at.Scope][at.Index];

    internal ref Gathered Gather(SlotRef at) => ref _gathers[at.Scope][at.Index];

    /// <summary>The value in a slot. Its text lies in the document, or in scratch until the next element.</summary>
    internal Value ValueOf(SlotRef at, ReadOnlySpan<byte> document)
    {
        ref readonly Slot slot = ref _slots[at.Scope][at.Index];
        return slot.Kind switch
        {
            SlotKind.None or SlotKind.Null => Value.Missing,
            SlotKind.Number => Value.OfDigits(document.Slice(slot.Start, slot.Length)),
            SlotKind.Text => Value.OfText(document.Slice(slot.Start, slot.Length)),
            SlotKind.True => Value.Of(true),
            SlotKind.False => Value.Of(false),
            SlotKind.Position => Value.Of(slot.Start),
            SlotKind.EscapedText => Unescape(document.Slice(slot.Start, slot.Length), at),
            _ => Value.Json,
        };
    }

    /// <summary>The bytes of a text without escapes; empty for anything else.</summary>
    internal ReadOnlySpan<byte> PlainText(SlotRef at, ReadOnlySpan<byte> document)
    {
        ref readonly Slot slot = ref _slots[at.Scope][at.Index];
        return slot.Kind == SlotKind.Text ? document.Slice(slot.Start, slot.Length) : default;
    }

    /// <summary>Room for text that stands nowhere in the document, until the next element.</summary>
    internal Span<byte> Scratch(int length)
    {
        if (_scratch.Length - _scratchUsed < length)
        {
            // Spans over the old array stay valid; it goes when they do.
            _scratch = new byte[Math.Max(_scratch.Length * 2, length)];
            _scratchUsed = 0;
        }

        Span<byte> room = _scratch.AsSpan(_scratchUsed, length);
        _scratchUsed += length;
        return room;
    }

    internal Value TextOf(string text)
    {
        Span<byte> room = Scratch(Encoding.UTF8.GetMaxByteCount(text.Length));
        return Value.OfText(room[..Encoding.UTF8.GetBytes(text, room)]);
    }

    private Value Unescape(ReadOnlySpan<byte> escaped, SlotRef at)
    {
        Span<byte> quoted = Scratch(escaped.Length + 2);
        quoted[0] = quoted[^1] = (byte)'"';
        escaped.CopyTo(quoted[1..]);
        Span<byte> text = Scratch(escaped.Length);
        var reader = new Utf8JsonReader(quoted);
        reader.Read();
        try
        {
            return Value.OfText(text[..reader.CopyString(text)]);
        }
        catch (InvalidOperationException)
        {
            // The reader has no test for half a surrogate pair ("\ud800"), which JSON's grammar allows and text does not.
            Fail(RejectionReason.TextEncodingInvalid, _source!.Scopes[at.Scope].SlotPaths[at.Index], "a \\u escape that is half a character");
            return Value.Failed;
        }
    }
}
