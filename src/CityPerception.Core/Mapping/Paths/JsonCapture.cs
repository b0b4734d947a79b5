using System.Text.Json;

namespace CityPerception.Core.Mapping.Paths;

/// <summary>
/// Reads one JSON value, once, and notes where the values are that a mapping's paths lead to. Copies and allocates
/// nothing. Throws <see cref="JsonException"/> for what is not JSON, as the reader it stands on does.
/// </summary>
internal ref struct JsonCapture
{
    private readonly Span<Slot> _slots;
    private readonly Span<Gathered> _gathers;
    private readonly int _base;
    private readonly int _maxDepth;
    private Utf8JsonReader _reader;

    /// <param name="json">Begins with the value; what follows it is left alone.</param>
    /// <param name="origin">Where in the document <paramref name="json"/> begins.</param>
    /// <param name="maxDepth">How deep the value may be nested.</param>
    /// <param name="slots">Receives the captured places, counted from the document's start.</param>
    /// <param name="gathers">Receives the gathered numbers.</param>
    public JsonCapture(ReadOnlySpan<byte> json, int origin, int maxDepth, Span<Slot> slots, Span<Gathered> gathers)
    {
        _base = origin;
        _slots = slots;
        _gathers = gathers;
        _maxDepth = maxDepth;
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth, AllowMultipleValues = true });
    }

    /// <summary>The slot that two members of one object went to, or −1.</summary>
    public int DuplicateSlot { get; private set; } = -1;

    public readonly int BytesConsumed => (int)_reader.BytesConsumed;

    /// <summary>After a failure: whether it was one array or object too many inside another.</summary>
    public readonly bool IsTooDeep =>
        _reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject && _reader.CurrentDepth >= _maxDepth - 1;

    public void Read(PathNode root)
    {
        _slots.Clear();
        _gathers.Clear();
        _reader.Read();
        Value(root);
    }

    private void Value(PathNode node)
    {
        int start = (int)_reader.TokenStartIndex;
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                if (node.HasMembers) Members(node);
                else _reader.Skip();
                break;
            case JsonTokenType.StartArray:
                if (node.HasPositions) Elements(node);
                else _reader.Skip();
                break;
        }

        foreach (int slot in node.Slots) Note(slot, start);
        if (node.Gathers.Length > 0 && _reader.TokenType == JsonTokenType.Number && _reader.TryGetDouble(out double number))
            foreach (int gather in node.Gathers) _gathers[gather].Add(number);
    }

    private void Members(PathNode node)
    {
        // Senders write their keys in one order: the search begins where the last one ended.
        int expected = 0;
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            PathNode? child = Member(node, ref expected);
            _reader.Read();
            if (child is null) _reader.Skip();
            else Value(child);
        }
    }

    private readonly PathNode? Member(PathNode node, ref int expected)
    {
        byte[][] names = node.Names;
        for (int i = 0, at = expected; i < names.Length; i++, at++)
        {
            if (at >= names.Length) at = 0;
            bool same = _reader.ValueIsEscaped ? _reader.ValueTextEquals(names[at]) : _reader.ValueSpan.SequenceEqual(names[at]);
            if (!same) continue;

            expected = at + 1;
            return node.Members[at];
        }

        return node.Any;
    }

    private void Elements(PathNode node)
    {
        for (int position = 0; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; position++)
        {
            if (node.At(position) is { } child) Value(child);
            else _reader.Skip();
        }
    }

    private void Note(int index, int start)
    {
        ref Slot slot = ref _slots[index];
        if (slot.Kind != SlotKind.None) DuplicateSlot = index;

        int length = (int)_reader.BytesConsumed - start;
        (slot.Kind, slot.Start, slot.Length) = _reader.TokenType switch
        {
            JsonTokenType.Number => (SlotKind.Number, _base + start, length),
            JsonTokenType.String => (_reader.ValueIsEscaped ? SlotKind.EscapedText : SlotKind.Text, _base + start + 1, length - 2),
            JsonTokenType.True => (SlotKind.True, _base + start, length),
            JsonTokenType.False => (SlotKind.False, _base + start, length),
            JsonTokenType.Null => (SlotKind.Null, _base + start, length),
            _ => (SlotKind.Json, _base + start, length),
        };
    }
}
