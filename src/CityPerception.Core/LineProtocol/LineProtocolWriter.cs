using System.Buffers.Text;
using CityPerception.Core.Observations;

namespace CityPerception.Core.LineProtocol;

/// <summary>Writes one line into a buffer: measurement, tags in the order of their keys, fields, time. Allocates nothing.</summary>
/// <remarks>
/// <code>
/// var line = new LineProtocolWriter(buffer, "air_quality"u8);
/// line.Tag("district"u8, "140403"u8);
/// line.Float("pm25"u8, 35.1);
/// line.End(timeNs);
/// </code>
/// Whatever the texts are, the line is one line and is read back with the same parts, after what
/// <see cref="LineEscaping"/> replaces. A measurement's leading <c>#</c> becomes <c>_</c>, for it would make a comment.
/// Exceptions are for the caller's bugs: names come from the schema, and numbers have been checked.
/// </remarks>
public ref struct LineProtocolWriter
{
    private readonly LineBuffer _buffer;
    private readonly int _start, _startLines;
    private int _keyStart, _keyLength;
    private int _tags, _fields;

    /// <exception cref="ArgumentException">The measurement is empty.</exception>
    public LineProtocolWriter(LineBuffer buffer, scoped ReadOnlySpan<byte> measurement)
    {
        _buffer = buffer;
        _start = buffer.Length;
        _startLines = buffer.LineCount;
        Span<byte> to = buffer.GetSpan(measurement.Length * LineEscaping.MaxGrowth);
        int length = Name(measurement, to, isMeasurement: true);
        if (length == 0) throw new ArgumentException("A measurement must have a name.", nameof(measurement));
        if (to[0] == (byte)'#') to[0] = (byte)'_';
        buffer.Advance(length);
    }

    /// <summary>How many fields the line has so far. A line without fields cannot be ended.</summary>
    public readonly int Fields => _fields;

    /// <summary>Writes a tag. A value that is empty, or of which nothing remains, is no tag: nothing is written, and the answer is false.</summary>
    /// <exception cref="ArgumentException">The key is empty, or not after the last one: in another order the same tags would be another series.</exception>
    public bool Tag(scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> value)
    {
        if (_fields > 0) throw new InvalidOperationException("Tags stand before fields.");

        Span<byte> to = _buffer.GetSpan((key.Length + value.Length) * LineEscaping.MaxGrowth + 2);
        int keyLength = Name(key, to[1..], isMeasurement: false);
        int length = Name(value, to[(keyLength + 2)..], isMeasurement: false);
        if (keyLength == 0) throw new ArgumentException("A tag must have a key.", nameof(key));
        if (length == 0) return false;

        ReadOnlySpan<byte> last = _buffer.Written.Slice(_keyStart, _keyLength);
        if (_tags++ > 0 && last.SequenceCompareTo(to.Slice(1, keyLength)) >= 0) throw new ArgumentException("Tags are written in the order of their keys, each once.", nameof(key));

        _keyStart = _buffer.Length + 1;
        _keyLength = keyLength;
        to[0] = (byte)',';
        to[keyLength + 1] = (byte)'=';
        _buffer.Advance(keyLength + length + 2);
        return true;
    }

    /// <summary>Writes a float in the shortest form that reads back as the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not finite: line protocol has no form for it, and it should have been rejected.</exception>
    public void Float(scoped ReadOnlySpan<byte> key, double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite numbers can be written.");
        Span<byte> to = Field(key, LineNumbers.MaxDoubleBytes, out int at);
        _buffer.Advance(at + LineNumbers.Format(value, to[at..]));
    }

    /// <summary>Writes a float as the text of a JSON number, which the caller knows to be one, and finite as a double.</summary>
    public void FloatText(scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> number)
    {
        if (number.IsEmpty) throw new ArgumentException("A number has digits.", nameof(number));
        Span<byte> to = Field(key, number.Length, out int at);
        number.CopyTo(to[at..]);
        _buffer.Advance(at + number.Length);
    }

    public void Integer(scoped ReadOnlySpan<byte> key, long value)
    {
        Span<byte> to = Field(key, 21, out int at);
        Utf8Formatter.TryFormat(value, to[at..], out int length);
        to[at + length] = (byte)'i';
        _buffer.Advance(at + length + 1);
    }

    /// <summary>Writes an integer without sign. InfluxDB 1.x does not take the type: nothing in the schema has it.</summary>
    public void Unsigned(scoped ReadOnlySpan<byte> key, ulong value)
    {
        Span<byte> to = Field(key, 21, out int at);
        Utf8Formatter.TryFormat(value, to[at..], out int length);
        to[at + length] = (byte)'u';
        _buffer.Advance(at + length + 1);
    }

    public void Boolean(scoped ReadOnlySpan<byte> key, bool value)
    {
        ReadOnlySpan<byte> text = value ? "true"u8 : "false"u8;
        Span<byte> to = Field(key, text.Length, out int at);
        text.CopyTo(to[at..]);
        _buffer.Advance(at + text.Length);
    }

    public void String(scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> text)
    {
        bool plain = LineEscaping.IsPlainString(text);
        Span<byte> to = Field(key, (plain ? text.Length : text.Length * LineEscaping.MaxGrowth) + 2, out int at);
        to[at++] = (byte)'"';
        if (plain)
        {
            text.CopyTo(to[at..]);
            at += text.Length;
        }
        else
        {
            at += LineEscaping.EscapeString(text, to[at..]);
        }

        to[at] = (byte)'"';
        _buffer.Advance(at + 1);
    }

    /// <summary>Writes the time and ends the line.</summary>
    /// <param name="timeNs">Nanoseconds since 1970 UTC.</param>
    /// <exception cref="InvalidOperationException">The line has no field.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Not a time that every InfluxDB takes.</exception>
    public readonly void End(long timeNs)
    {
        if (_fields == 0) throw new InvalidOperationException("A line has at least one field.");
        ArgumentOutOfRangeException.ThrowIfLessThan(timeNs, ObservationTime.MinNs);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(timeNs, ObservationTime.MaxNs);

        Span<byte> to = _buffer.GetSpan(21);
        to[0] = (byte)' ';
        Utf8Formatter.TryFormat(timeNs, to[1..], out int length);
        _buffer.Advance(length + 1);
        _buffer.EndLine();
    }

    /// <summary>Takes back what has been written of the line.</summary>
    public readonly void Abandon() => _buffer.Rewind(_start, _startLines);

    // Writes delimiter, key and equals sign; the value goes to `at`, and then the caller advances over all of it.
    private Span<byte> Field(scoped ReadOnlySpan<byte> key, int valueBytes, out int at)
    {
        Span<byte> to = _buffer.GetSpan(key.Length * LineEscaping.MaxGrowth + valueBytes + 2);
        int length = Name(key, to[1..], isMeasurement: false);
        if (length == 0) throw new ArgumentException("A field must have a key.", nameof(key));

        to[0] = _fields++ == 0 ? (byte)' ' : (byte)',';
        to[length + 1] = (byte)'=';
        at = length + 2;
        return to;
    }

    private static int Name(ReadOnlySpan<byte> name, Span<byte> to, bool isMeasurement)
    {
        if (!LineEscaping.IsPlainName(name)) return LineEscaping.EscapeName(name, to, isMeasurement);
        name.CopyTo(to);
        return name.Length;
    }
}
