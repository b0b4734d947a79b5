using System.Text.Json;

namespace CityPerception.Core.Mapping.Paths;

/// <summary>Walks the elements of a captured array, or the members of a captured object, one by one.</summary>
internal ref struct JsonChildren
{
    private readonly int _base;
    private readonly bool _isObject;
    private Utf8JsonReader _reader;
    private int _position = -1;

    /// <param name="container">The array or object.</param>
    /// <param name="origin">Where in the document it begins.</param>
    /// <param name="maxDepth">As for the document.</param>
    public JsonChildren(ReadOnlySpan<byte> container, int origin, int maxDepth)
    {
        _base = origin;
        _reader = new Utf8JsonReader(container, new JsonReaderOptions { MaxDepth = maxDepth });
        _reader.Read();
        _isObject = _reader.TokenType == JsonTokenType.StartObject;
    }

    /// <summary>The current child's key or index.</summary>
    public Slot Key { get; private set; }

    /// <summary>Where in the document the current child's value is.</summary>
    public int Start { get; private set; }

    public int Length { get; private set; }

    public bool MoveNext()
    {
        _position++;
        if (!_reader.Read() || _reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject) return false;

        if (_isObject)
        {
            Key = new Slot
            {
                Kind = _reader.ValueIsEscaped ? SlotKind.EscapedText : SlotKind.Text,
                Start = _base + (int)_reader.TokenStartIndex + 1,
                Length = _reader.ValueSpan.Length,
            };
            _reader.Read();
        }
        else
        {
            Key = new Slot { Kind = SlotKind.Position, Start = _position };
        }

        int start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        Start = _base + start;
        Length = (int)_reader.BytesConsumed - start;
        return true;
    }
}
