using CityPerception.Core.Observations;

namespace CityPerception.Core.Mapping.Values;

/// <summary>A time read from text: nanoseconds since 1970, in UTC or, where the text named no zone, of the local clock.</summary>
internal readonly record struct TextTime(long Ns, bool IsLocal)
{
    /// <summary>UTC nanoseconds, a local clock's reading taken in the zone.</summary>
    public long ToUtcNs(TimeZoneInfo zone)
    {
        if (!IsLocal) return Ns;

        // Where the clock is set back an hour occurs twice; the first is meant. Where it is set forward an hour does not
        // occur; .NET takes the offset before the change, and so do we.
        var local = new DateTime(DateTime.UnixEpoch.Ticks + FloorToTicks(Ns), DateTimeKind.Unspecified);
        TimeSpan offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return Ns - offset.Ticks * ObservationTime.NsPerTick;
    }

    private static long FloorToTicks(long ns) => (ns >= 0 ? ns : ns - (ObservationTime.NsPerTick - 1)) / ObservationTime.NsPerTick;
}

/// <summary>Reads ISO 8601 / RFC 3339 times, to the nanosecond, and their everyday relatives.</summary>
/// <remarks>
/// <c>2026-11-24T09:30:00.123456789+08:00</c>, with a space for the T, <c>/</c> for the dashes, one-digit months, hours
/// without seconds, a date alone (midnight), zones as <c>Z +08:00 +0800 +08</c> or none. .NET's parser stops at 100 ns.
/// </remarks>
internal static class IsoTime
{
    public static bool TryParse(ReadOnlySpan<byte> text, out TextTime time)
    {
        time = default;
        var rest = new Digits(text.Trim(" \t"u8));
        if (!rest.TryNumber(4, 4, out int year) || !rest.TrySkipAny("-/"u8)
            || !rest.TryNumber(1, 2, out int month) || !rest.TrySkipAny("-/"u8)
            || !rest.TryNumber(1, 2, out int day)) return false;

        int hour = 0, minute = 0, second = 0;
        long fraction = 0;
        if (rest.TrySkipAny("Tt "u8))
        {
            if (!rest.TryNumber(1, 2, out hour) || !rest.TrySkipAny(":"u8) || !rest.TryNumber(2, 2, out minute)) return false;
            if (rest.TrySkipAny(":"u8) && !rest.TryNumber(2, 2, out second)) return false;
            if (rest.TrySkipAny(".,"u8) && !rest.TryFraction(out fraction)) return false;
        }

        if (!TryCivil(year, month, day, hour, minute, second, fraction, out long ns)) return false;
        if (rest.IsEmpty)
        {
            time = new TextTime(ns, IsLocal: true);
            return true;
        }

        if (!rest.TryOffset(out int offsetMinutes) || !rest.IsEmpty) return false;
        time = new TextTime(ns - offsetMinutes * 60 * ObservationTime.NsPerSecond, IsLocal: false);
        return true;
    }

    /// <summary>A civil time as if in UTC. 24:00:00 is the end of the day; a leap second counts as the second after.</summary>
    public static bool TryCivil(int year, int month, int day, int hour, int minute, int second, long fractionNs, out long ns)
    {
        ns = 0;
        if (year is < 1678 or > 2261 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (hour > 24 || minute > 59 || second > 60 || (hour == 24 && (minute | second) != 0)) return false;

        long days = new DateTime(year, month, day).Ticks / TimeSpan.TicksPerDay - DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerDay;
        ns = (((days * 24 + hour) * 60 + minute) * 60 + second) * ObservationTime.NsPerSecond + fractionNs;
        return true;
    }

    /// <summary>Takes digits off the front of text.</summary>
    internal ref struct Digits(ReadOnlySpan<byte> text)
    {
        private ReadOnlySpan<byte> _rest = text;

        public readonly bool IsEmpty => _rest.IsEmpty;

        public bool TryNumber(int min, int max, out int value)
        {
            value = 0;
            int length = 0;
            while (length < max && length < _rest.Length && _rest[length] is >= (byte)'0' and <= (byte)'9')
                value = value * 10 + _rest[length++] - '0';
            _rest = _rest[length..];
            return length >= min;
        }

        public bool TrySkipAny(scoped ReadOnlySpan<byte> any)
        {
            if (_rest.IsEmpty || !any.Contains(_rest[0])) return false;
            _rest = _rest[1..];
            return true;
        }

        /// <summary>Any number of digits of a second's fraction; those after the ninth are cut.</summary>
        public bool TryFraction(out long ns)
        {
            ns = 0;
            int length = 0;
            long unit = ObservationTime.NsPerSecond / 10;
            for (; length < _rest.Length && _rest[length] is >= (byte)'0' and <= (byte)'9'; length++, unit /= 10)
                ns += (_rest[length] - '0') * unit;
            _rest = _rest[length..];
            return length > 0;
        }

        public bool TryOffset(out int minutes)
        {
            minutes = 0;
            TrySkipAny(" "u8);
            if (TrySkipAny("Zz"u8)) return true;
            bool negative = !_rest.IsEmpty && _rest[0] == (byte)'-';
            if (!TrySkipAny("+-"u8) || !TryNumber(2, 2, out int hours) || hours > 18) return false;
            int rest = 0;
            if (TrySkipAny(":"u8) || !_rest.IsEmpty)
            {
                if (!TryNumber(2, 2, out rest) || rest > 59) return false;
            }

            minutes = (hours * 60 + rest) * (negative ? -1 : 1);
            return true;
        }
    }
}
