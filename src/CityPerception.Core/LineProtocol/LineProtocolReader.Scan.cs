using System.Buffers;
using CityPerception.Core.Observations;

namespace CityPerception.Core.LineProtocol;

public ref partial struct LineProtocolReader
{
    private const int NearBytes = 16;

    /// <summary>A fault that the caller found in what the line says, with its line and column.</summary>
    public LineFault FaultAt(int offset, RejectionReason reason, string detail)
    {
        // Only the lines since the last fault are counted: a text full of faults takes no more than one pass.
        _countedLines += offset >= _countedTo
            ? _text[_countedTo..offset].Count((byte)'\n')
            : -_text[offset.._countedTo].Count((byte)'\n');
        _countedTo = offset;
        int column = offset - _text[..offset].LastIndexOf((byte)'\n');
        return new LineFault(reason, _countedLines + 1, column, offset, detail);
    }

    // The delimiter that ends a name: the first of the stops that no backslash precedes; the text's end if there is none.
    private readonly int EndOfName(int from, SearchValues<byte> stops, out bool escapes)
    {
        escapes = false;
        for (int at = from; ;)
        {
            // Names are short: over the first bytes a loop is quicker than a vectorised search (258 instead of
            // 325 ns for an air_quality line of 176 bytes).
            int near = Math.Min(at + NearBytes, _text.Length);
            while (at < near && !IsStop(_text[at], stops)) at++;
            if (at == near)
            {
                int next = _text[at..].IndexOfAny(stops);
                if (next < 0) return _text.Length;
                at += next;
            }

            if (_text[at] != (byte)'\\') return at;

            at++;
            if (at < _text.Length && _text[at] is not ((byte)'\\' or (byte)'\n') && stops.Contains(_text[at]))
            {
                escapes = true;
                at++;
            }
        }
    }

    // Small letters, underscore and UTF-8 lie behind the backslash, digits between comma and equals sign: most of what
    // names are made of is told by one comparison or two.
    private static bool IsStop(byte b, SearchValues<byte> stops) =>
        b <= (byte)'\\' && (uint)(b - '-') >= '=' - '-' && stops.Contains(b);

    // The quote that ends a string, or -1.
    private readonly int EndOfString(int from, out bool escapes)
    {
        escapes = false;
        for (int at = from; ;)
        {
            int next = at <= _text.Length ? _text[at..].IndexOfAny((byte)'"', (byte)'\\') : -1;
            if (next < 0) return -1;
            at += next;
            if (_text[at] == (byte)'"') return at;

            // Skipping what is escaped, or a character that is neither quote nor backslash and cannot be missed.
            escapes = true;
            at += 2;
        }
    }

    private readonly bool IsEnd(int at) =>
        at >= _text.Length
        || _text[at] == (byte)'\n'
        || (_text[at] == (byte)'\r' && (at + 1 == _text.Length || _text[at + 1] == (byte)'\n'));

    private void SkipSpaces()
    {
        while (_at < _text.Length && _text[_at] == (byte)' ') _at++;
    }

    private bool SkipBlanksAndComments()
    {
        while (true)
        {
            while (_at < _text.Length && _text[_at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n') _at++;
            if (_at == _text.Length) return false;
            if (_text[_at] != (byte)'#') return true;
            _at = NextBreak(_at);
        }
    }

    private readonly int NextBreak(int from)
    {
        int next = _text[from..].IndexOf((byte)'\n');
        return next < 0 ? _text.Length : from + next;
    }

    // Tags in order, as agents and we ourselves write them, cost one comparison each. From the first that is out of order
    // on, each is compared with all before it; their number is limited. Escaped names are equal when their bytes are.
    private bool IsRepeated(ReadOnlySpan<byte> key, int keyStart)
    {
        if (_tags == 1) return false;
        if (_tagsSorted && Key.Raw.SequenceCompareTo(key) < 0) return false;

        _tagsSorted = false;
        for (int at = _tagsStart; at + 1 < keyStart;)
        {
            int end = EndOfName(at + 1, KeyStops, out _);
            if (_text[(at + 1)..end].SequenceEqual(key)) return true;
            at = EndOfName(end + 1, KeyStops, out _);
        }

        return false;
    }

    // The rest of the line is passed over by the rules that separate lines: a quote opens a string only after a field's
    // equals sign that is not escaped, and a string may hold line breaks.
    private void SkipLine(int from, bool inFields)
    {
        int at = from;
        if (!inFields)
        {
            while (at < _text.Length && _text[at] is not ((byte)' ' or (byte)'\n')) at = Math.Max(at + 1, EndOfName(at, MeasurementStops, out _));
        }

        while (true)
        {
            int next = at < _text.Length ? _text[at..].IndexOfAny((byte)'\n', (byte)'"') : -1;
            if (next < 0) break;
            at += next;
            if (_text[at] == (byte)'\n')
            {
                EndSkipped(at);
                return;
            }

            bool opens = at > _lineStart + 1 && _text[at - 1] == (byte)'=' && _text[at - 2] != (byte)'\\';
            int close = opens ? EndOfString(at + 1, out _) : at;
            if (close < 0) break;
            at = close + 1;
        }

        EndSkipped(_text.Length);
    }

    private void EndSkipped(int at)
    {
        _at = at;
        _lineEnd = at > _lineStart && _text[at - 1] == (byte)'\r' ? at - 1 : at;
    }

    // Always false, so that what fails can say so and return in one.
    private bool Fail(RejectionReason reason, int offset, string detail)
    {
        Fault = FaultAt(offset, reason, detail);
        SkipLine(Math.Max(offset, _at), inFields: _stage is Stage.Fields);
        _stage = Stage.Failed;
        return false;
    }
}
