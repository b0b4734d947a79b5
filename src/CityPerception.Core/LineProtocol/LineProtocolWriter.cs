using System.Buffers.Text;
using CityPerception.Core.Observations;

namespace CityPerception.Core.LineProtocol;

/// <summary>Writes one line into a buffer: measurement, tags in the order of their keys, fields, time. Allocates nothing.</summary>
/// <remarks>
/// <code>
/// var line = new LineProtocolWriter(buffer, AirQuality);     // static readonly LineKey AirQuality = LineKey.OfMeasurement("air_quality"u8), …
/// line.Tag(District, "140403"u8);
/// line.Float(Pm25, 35.1);
/// line.End(timeNs);
/// </code>
/// Whatever the texts are, the line is one line and is read back with the same parts, after what
/// <see cref="LineEscaping"/> replaces. Exceptions are for the caller's bugs: names come from the schema, and numbers
/// have been checked.
/// </remarks>
public ref struct LineProtocolWriter
{
    private readonly LineBuffer _buffer;
    private readonly int _start, _startLines;
    private LineKey? _lastTag;
    private int _fields;

    public LineProtocolWriter(LineBuffer buffer, LineKey measurement)
    {
        _buffer = buffer;
        _start = buffer.Length;
        _startLines = buffer.LineCount;
        buffer.Write(measurement.Escaped);
    }

    /// <summary>Begins a line whose measurement and tags are those of an earlier one.</summary>
    public LineProtocolWriter(LineBuffer buffer, LineSeries series)
    {
        _buffer = buffer;
        _start = buffer.Length;
        _startLines = buffer.LineCount;
        buffer.Write(series.Text);
    }

    /// <summary>What has been written, for lines that begin the same.</summary>
    /// <exception cref="InvalidOperationException">The line has fields already.</exception>
    public readonly LineSeries Series =>
        _fields == 0 ? new LineSeries(_buffer.Written[_start..]) : throw new InvalidOperationException("A series has no fields.");

    /// <summary>How many fields the line has so far. A line without fields cannot be ended.</summary>
    public readonly int Fields => _fields;

    /// <summary>Writes a tag. A value that is empty, or of which nothing remains, is no tag: nothing is written, and the answer is false.</summary>
    /// <exception cref="ArgumentException">The key is not after the last one: in another order the same tags would be another series.</exception>
    public bool Tag(LineKey key, scoped ReadOnlySpan<byte> value)
    {
        CheckOrder(key);
        ReadOnlySpan<byte> name = key.Escaped;
        Span<byte> to = _buffer.GetSpan(name.Length + value.Length * LineEscaping.MaxGrowth + 2);
        int at = name.Length + 2;
        int length = LineEscaping.WriteName(value, to[at..], isMeasurement: false);
        if (length == 0) return false;

        _lastTag = key;
        to[0] = (byte)',';
        name.CopyTo(to[1..]);
        to[at - 1] = (byte)'=';
        _buffer.Advance(at + length);
        return true;
    }

    /// <summary>Writes a tag that is always the same.</summary>
    /// <exception cref="ArgumentException">Its key is not after the last one.</exception>
    public void Tag(LineTag tag)
    {
        CheckOrder(tag.Key);
        _lastTag = tag.Key;
        _buffer.Write(tag.Escaped);
    }

    /// <summary>Writes a float in the shortest form that reads back as the same.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not finite: line protocol has no form for it, and it should have been rejected.</exception>
    public void Float(LineKey key, double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite numbers can be written.");
        Span<byte> to = Field(key, LineNumbers.MaxDoubleBytes, out int at);
        _buffer.Advance(at + LineNumbers.Format(value, to[at..]));
    }

    /// <summary>Writes a float as the text of a JSON number, which the caller knows to be one, and finite as a double.</summary>
    public void FloatText(LineKey key, scoped ReadOnlySpan<byte> number)
    {
        if (number.IsEmpty) throw new ArgumentException("A number has digits.", nameof(number));
        Span<byte> to = Field(key, number.Length, out int at);
        number.CopyTo(to[at..]);
        _buffer.Advance(at + number.Length);
    }

    public void Integer(LineKey key, long value)
    {
        Span<byte> to = Field(key, 21, out int at);
        Utf8Formatter.TryFormat(value, to[at..], out int length);
        to[at + length] = (byte)'i';
        _buffer.Advance(at + length + 1);
    }

    /// <summary>Writes an integer without sign. InfluxDB 1.x does not take the type: nothing in the schema has it.</summary>
    public void Unsigned(LineKey key, ulong value)
    {
        Span<byte> to = Field(key, 21, out int at);
        Utf8Formatter.TryFormat(value, to[at..], out int length);
        to[at + length] = (byte)'u';
        _buffer.Advance(at + length + 1);
    }

    public void Boolean(LineKey key, bool value)
    {
        ReadOnlySpan<byte> text = value ? "true"u8 : "false"u8;
        Span<byte> to = Field(key, text.Length, out int at);
        text.CopyTo(to[at..]);
        _buffer.Advance(at + text.Length);
    }

    public void String(LineKey key, scoped ReadOnlySpan<byte> text)
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

    private readonly void CheckOrder(LineKey key)
    {
        if (_fields > 0) throw new InvalidOperationException("Tags stand before fields.");
        if (_lastTag is not null && !_lastTag.IsBefore(key)) throw new ArgumentException("Tags are written in the order of their keys, each once.", nameof(key));
    }

    // Writes delimiter, key and equals sign; the value goes to `at`, and then the caller advances over all of it.
    private Span<byte> Field(LineKey key, int valueBytes, out int at)
    {
        ReadOnlySpan<byte> name = key.Escaped;
        Span<byte> to = _buffer.GetSpan(name.Length + valueBytes + 2);
        to[0] = _fields++ == 0 ? (byte)' ' : (byte)',';
        name.CopyTo(to[1..]);
        to[name.Length + 1] = (byte)'=';
        at = name.Length + 2;
        return to;
    }
}
