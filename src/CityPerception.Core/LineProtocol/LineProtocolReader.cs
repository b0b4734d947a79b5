using System.Buffers;
using CityPerception.Core.Observations;

namespace CityPerception.Core.LineProtocol;

/// <summary>The types that a field's value can have on the wire.</summary>
public enum LineFieldKind : byte { Float, Integer, Unsigned, Boolean, String }

/// <summary>
/// Reads InfluxDB line protocol, ours or anybody's, in one pass and without allocating: line by line, of each line the
/// measurement, then its tags and its fields one by one, then the time.
/// </summary>
/// <remarks>
/// <code>
/// var reader = new LineProtocolReader(text);
/// while (reader.NextLine())
/// {
///     while (reader.NextTag()) { … reader.Key … reader.Value … }
///     while (reader.NextField()) { … reader.Key … reader.Kind … }
///     if (reader.Failed) { … reader.Fault …; continue; }
///     … reader.SeriesKey … reader.HasTime … reader.Time …
/// }
/// </code>
/// A line is known to be good only when its last field has been read. Blank lines and comments are passed over. Escapes
/// are those of InfluxDB 1.x and 2.x: a backslash before a character that it cannot escape stands for itself.
/// After a bad line reading goes on at the next one. What stands inside quotes is never taken for a line, so that nobody
/// can smuggle one in through a text: a string that does not end makes all that follows it one bad line.
/// </remarks>
public ref partial struct LineProtocolReader
{
    private static readonly SearchValues<byte> MeasurementStops = SearchValues.Create(", \\\n"u8);
    private static readonly SearchValues<byte> KeyStops = SearchValues.Create(",= \\\n"u8);

    private readonly ReadOnlySpan<byte> _text;
    private readonly LineProtocolLimits _limits;
    private Stage _stage;
    private int _at, _lineStart, _tagsStart, _seriesEnd, _lineEnd;
    private int _keyStart, _valueStart, _timeStart;
    private int _tags, _fields;
    private bool _tagsSorted;
    private int _countedTo, _countedLines;
    private double _double;
    private long _integer;

    public LineProtocolReader(ReadOnlySpan<byte> text, LineProtocolLimits? limits = null)
    {
        _text = text;
        _limits = limits ?? LineProtocolLimits.Default;
    }

    private enum Stage : byte { BetweenLines, Tags, Fields, Done, Failed }

    public LineText Measurement { get; private set; }

    /// <summary>Key of the tag or field that was read last.</summary>
    public LineText Key { get; private set; }

    /// <summary>Value of the tag or field that was read last; of a number, its text with the type's letter.</summary>
    public LineText Value { get; private set; }

    /// <summary>Type of the field that was read last.</summary>
    public LineFieldKind Kind { get; private set; }

    /// <summary>Whether the line has a time; known when its last field has been read.</summary>
    public bool HasTime { get; private set; }

    /// <summary>The time as it stands there, in whatever unit the sender meant; 0 if there is none.</summary>
    public long Time { get; private set; }

    /// <summary>Whether the line turned out bad: <see cref="Fault"/> says why.</summary>
    public readonly bool Failed => _stage is Stage.Failed;

    public LineFault Fault { get; private set; }

    /// <summary>Measurement and tags as they stand there; known when the last tag has been read.</summary>
    public readonly ReadOnlySpan<byte> SeriesKey => _text[_lineStart.._seriesEnd];

    /// <summary>The line without its end; known when its last field has been read or it turned out bad.</summary>
    public readonly ReadOnlySpan<byte> Line => _text[_lineStart.._lineEnd];

    /// <summary>Where the line begins in the text.</summary>
    public readonly int LineOffset => _lineStart;

    /// <summary>Where the key of the tag or field that was read last begins in the text.</summary>
    public readonly int KeyOffset => _keyStart;

    /// <summary>Where its value begins; of a string, its quote.</summary>
    public readonly int ValueOffset => _valueStart;

    /// <summary>Where the time begins, or would.</summary>
    public readonly int TimeOffset => _timeStart;

    /// <summary>The value of a float, or of an integer as the nearest double.</summary>
    public readonly bool TryGetDouble(out double value)
    {
        value = Kind switch
        {
            LineFieldKind.Float => _double,
            LineFieldKind.Integer => _integer,
            LineFieldKind.Unsigned => (ulong)_integer,
            _ => double.NaN,
        };
        return Kind is LineFieldKind.Float or LineFieldKind.Integer or LineFieldKind.Unsigned;
    }

    /// <summary>The value of an integer that fits 64 bits with sign.</summary>
    public readonly bool TryGetInt64(out long value)
    {
        value = _integer;
        return Kind is LineFieldKind.Integer || (Kind is LineFieldKind.Unsigned && _integer >= 0);
    }

    /// <summary>The value of an integer that is not negative.</summary>
    public readonly bool TryGetUInt64(out ulong value)
    {
        value = (ulong)_integer;
        return Kind is LineFieldKind.Unsigned || (Kind is LineFieldKind.Integer && _integer >= 0);
    }

    public readonly bool TryGetBoolean(out bool value)
    {
        value = _integer != 0;
        return Kind is LineFieldKind.Boolean;
    }

    /// <summary>Moves to the next line and reads its measurement; false at the end of the text. Passes over what is left of this one.</summary>
    public bool NextLine()
    {
        if (_stage is Stage.Tags or Stage.Fields) SkipLine(_at, inFields: _stage is Stage.Fields);
        if (!SkipBlanksAndComments()) return false;

        _stage = Stage.Tags; // not that of a line that was abandoned: how the rest of a bad one is passed over depends on it
        _lineStart = _at;
        _lineEnd = _seriesEnd = _at;
        _tags = _fields = 0;
        _tagsSorted = true;
        HasTime = false;
        Time = 0;
        Key = Value = default;

        int end = EndOfName(_at, MeasurementStops, out bool escapes);
        Measurement = new LineText(_text[_at..end], escapes ? LineText.Escapes.Measurement : default);
        if (end == _at) return !Fail(RejectionReason.SyntaxInvalid, _at, "the measurement is missing");
        if (IsEnd(end)) return !Fail(RejectionReason.SyntaxInvalid, end, "the fields are missing: ' ' and key=value expected");

        _tagsStart = _at = end;
        return true;
    }

    /// <summary>Reads the next tag; false when there is none or the line is bad.</summary>
    public bool NextTag()
    {
        if (_stage is not Stage.Tags) return false;
        if (_text[_at] == (byte)' ') return EndTags();

        int keyStart = _at + 1, keyEnd = EndOfName(keyStart, KeyStops, out bool keyEscapes);
        if (keyEnd == keyStart) return Fail(RejectionReason.SyntaxInvalid, keyStart, "a tag's key is missing");
        if (IsEnd(keyEnd) || _text[keyEnd] != (byte)'=') return Fail(RejectionReason.SyntaxInvalid, keyEnd, "'=' and the tag's value expected");

        int start = keyEnd + 1, end = EndOfName(start, KeyStops, out bool escapes);
        if (end == start) return Fail(RejectionReason.TagValueInvalid, start, "the tag's value is empty: leave the tag out");
        if (IsEnd(end)) return Fail(RejectionReason.SyntaxInvalid, end, "the fields are missing: ' ' and key=value expected");
        if (_text[end] == (byte)'=') return Fail(RejectionReason.SyntaxInvalid, end, "'=' in a tag's value is written \\=");

        if (++_tags > _limits.MaxTags) return Fail(RejectionReason.ElementsExceeded, keyStart, "too many tags");
        ReadOnlySpan<byte> key = _text[keyStart..keyEnd];
        if (key.Length > _limits.MaxKeyBytes) return Fail(RejectionReason.PayloadTooLarge, keyStart, "the tag's key is too long");
        if (IsRepeated(key, keyStart)) return Fail(RejectionReason.DuplicateKey, keyStart, "the tag is there twice");

        _keyStart = keyStart;
        _valueStart = start;
        Key = new LineText(key, keyEscapes ? LineText.Escapes.Key : default);
        Value = new LineText(_text[start..end], escapes ? LineText.Escapes.Key : default);
        _at = end;
        return true;
    }

    /// <summary>Reads the next field; false when there is none, or the line is bad. Passes over tags that are left.</summary>
    public bool NextField()
    {
        while (NextTag()) { }
        if (_stage is not Stage.Fields) return false;
        if (_fields == 0) SkipSpaces();
        else if (IsEnd(_at) || _text[_at] != (byte)',') return EndLine();
        else _at++;

        int keyStart = _at, keyEnd = EndOfName(keyStart, KeyStops, out bool escapes);
        if (keyEnd == keyStart) return Fail(RejectionReason.SyntaxInvalid, keyStart, "a field's key is missing: key=value expected");
        if (IsEnd(keyEnd) || _text[keyEnd] != (byte)'=') return Fail(RejectionReason.SyntaxInvalid, keyEnd, "'=' and the field's value expected");
        if (keyEnd - keyStart > _limits.MaxKeyBytes) return Fail(RejectionReason.PayloadTooLarge, keyStart, "the field's key is too long");
        if (++_fields > _limits.MaxFields) return Fail(RejectionReason.ElementsExceeded, keyStart, "too many fields");

        _keyStart = keyStart;
        _valueStart = keyEnd + 1;
        Key = new LineText(_text[keyStart..keyEnd], escapes ? LineText.Escapes.Key : default);
        return keyEnd + 1 < _text.Length && _text[keyEnd + 1] == (byte)'"' ? ReadString(keyEnd + 1) : ReadBare(keyEnd + 1);
    }

    private bool EndTags()
    {
        _seriesEnd = _at;
        _stage = Stage.Fields;
        return _seriesEnd - _lineStart > _limits.MaxSeriesKeyBytes
            && Fail(RejectionReason.PayloadTooLarge, _lineStart, "measurement and tags are too long");
    }

    private bool ReadString(int quote)
    {
        int end = EndOfString(quote + 1, out bool escapes);
        if (end < 0) return Fail(RejectionReason.SyntaxInvalid, quote, "the string does not end: '\"' expected; nothing after it was read");

        _at = end + 1;
        if (!IsEnd(_at) && _text[_at] is not ((byte)',' or (byte)' ')) return Fail(RejectionReason.SyntaxInvalid, _at, "',' or ' ' expected after the string");
        Kind = LineFieldKind.String;
        Value = new LineText(_text[(quote + 1)..end], escapes ? LineText.Escapes.String : default);
        return true;
    }

    private bool ReadBare(int start)
    {
        int length = _text[start..].IndexOfAny((byte)',', (byte)' ', (byte)'\n');
        int end = length < 0 ? _text.Length : start + length;
        if (end > start && _text[end - 1] == (byte)'\r' && IsEnd(end)) end--;
        if (end == start) return Fail(RejectionReason.SyntaxInvalid, start, "the field's value is missing");

        ReadOnlySpan<byte> text = _text[start..end];
        if (!LineValue.TryRead(text, out LineFieldKind kind, out _double, out _integer))
        {
            return LineValue.LooksLikeNumber(text)
                ? Fail(RejectionReason.NumberInvalid, start, "not a finite number within 64 bits")
                : Fail(RejectionReason.SyntaxInvalid, start, "neither number nor boolean; a text stands in quotes");
        }

        Kind = kind;
        Value = new LineText(text, default);
        _at = end;
        return true;
    }

    // Reads the time, if there is one, and moves to the next line.
    private bool EndLine()
    {
        int end = _at;
        SkipSpaces();
        _timeStart = _at;
        if (!IsEnd(_at))
        {
            int start = _at, length = _text[start..].IndexOfAny((byte)' ', (byte)'\n', (byte)'\r');
            end = length < 0 ? _text.Length : start + length;
            if (!LineNumbers.TryParseInt64(_text[start..end], out long time)) return Fail(RejectionReason.TimeInvalid, start, "the time is not an integer within 64 bits");
            HasTime = true;
            Time = time;
            _at = end;
            SkipSpaces();
            if (!IsEnd(_at)) return Fail(RejectionReason.SyntaxInvalid, _at, "the end of the line expected after the time");
        }

        if (end - _lineStart > _limits.MaxLineBytes) return Fail(RejectionReason.PayloadTooLarge, _lineStart, "the line is too long");
        _lineEnd = end;
        _stage = Stage.Done;
        return false;
    }
}
