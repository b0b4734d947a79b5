using System.Globalization;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.SenMl;

/// <summary>Times of SenML: seconds, absolute or relative to now (RFC 8428, section 4.5.3).</summary>
internal static class SenMlTime
{
    // Seconds below 2^28 (July 1978) are relative: no sensor measured then.
    private const decimal FirstAbsolute = 1 << 28;

    // 2262; beyond it the multiplication could exceed a decimal.
    private const decimal Last = 9_223_372_037;

    /// <summary>
    /// Base time plus time, as an absolute time. Both are decimals, so that nanoseconds survive, which a double of this
    /// size would round to 200; what is finer than a nanosecond is cut off.
    /// </summary>
    /// <param name="baseTime">A JSON number, or nothing.</param>
    /// <param name="time">A JSON number, or nothing.</param>
    /// <param name="nowNs">The time of arrival.</param>
    /// <param name="ns">Nanoseconds since 1970 UTC.</param>
    /// <param name="isRelative">Whether the sender left it to us to say when that is.</param>
    public static bool TryResolve(ReadOnlySpan<byte> baseTime, ReadOnlySpan<byte> time, long nowNs, out long ns, out bool isRelative)
    {
        ns = 0;
        isRelative = false;
        if (!TryParse(baseTime, out decimal first) || !TryParse(time, out decimal second)) return false;

        decimal seconds = first + second;
        if (Math.Abs(seconds) > Last) return false;

        isRelative = seconds < FirstAbsolute;
        decimal exact = seconds * ObservationTime.NsPerSecond + (isRelative ? nowNs : 0);
        if (exact is < ObservationTime.MinNs or > ObservationTime.MaxNs) return false;
        ns = (long)exact;
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out decimal value)
    {
        value = 0;
        return text.IsEmpty || (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && Math.Abs(value) <= Last);
    }
}
