using System.Globalization;
using System.Text;
using CityPerception.Core.LineProtocol;

namespace CityPerception.Core.Tests.LineProtocol;

/// <summary>What lines say: <c>measurement | tag=value … | field:Kind=value … | time</c>, or <c>! reason at line:column</c>.</summary>
internal static class LineDump
{
    public static IReadOnlyList<string> Of(string text, LineProtocolLimits? limits = null) => Of(Encoding.UTF8.GetBytes(text), limits);

    public static IReadOnlyList<string> Of(ReadOnlySpan<byte> text, LineProtocolLimits? limits = null)
    {
        var lines = new List<string>();
        var reader = new LineProtocolReader(text, limits);
        while (reader.NextLine())
        {
            var line = new StringBuilder(reader.Measurement.ToString()).Append(" |");
            while (reader.NextTag()) line.Append(' ').Append(reader.Key.ToString()).Append('=').Append(reader.Value.ToString());
            line.Append(" |");
            while (reader.NextField()) line.Append(' ').Append(reader.Key.ToString()).Append(':').Append(ValueOf(ref reader));
            line.Append(" |");
            if (reader.HasTime) line.Append(CultureInfo.InvariantCulture, $" {reader.Time}");
            lines.Add(reader.Failed ? $"! {reader.Fault.Reason} at {reader.Fault.Line}:{reader.Fault.Column}" : line.ToString());
        }

        return lines;
    }

    private static string ValueOf(ref LineProtocolReader reader)
    {
        string value = reader.Kind switch
        {
            LineFieldKind.Float when reader.TryGetDouble(out double number) => number.ToString(CultureInfo.InvariantCulture),
            LineFieldKind.Integer when reader.TryGetInt64(out long integer) => integer.ToString(CultureInfo.InvariantCulture),
            LineFieldKind.Unsigned when reader.TryGetUInt64(out ulong unsigned) => unsigned.ToString(CultureInfo.InvariantCulture),
            LineFieldKind.Boolean when reader.TryGetBoolean(out bool boolean) => boolean.ToString(),
            _ => reader.Value.ToString(),
        };
        return $"{reader.Kind}={value}";
    }
}
