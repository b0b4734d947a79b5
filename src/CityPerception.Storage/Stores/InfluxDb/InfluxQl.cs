using System.Globalization;
using System.Text;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>The only place that prints names and literals of InfluxQL: one function each.</summary>
/// <remarks>
/// Inside quotes its scanner knows the escapes <c>\\ \" \' \n</c> and refuses any other. It ends at NUL and reads CR as LF,
/// so those two cannot be written at all; canonical lines never hold them (<see cref="QueryRules.IsStorable"/>).
/// </remarks>
public static class InfluxQl
{
    /// <summary>A measurement, tag, field, database or alias.</summary>
    /// <exception cref="ArgumentException">InfluxQL has no way to write it.</exception>
    public static string Name(string name) => Quote(name, '"');

    /// <exception cref="ArgumentException">InfluxQL has no way to write it.</exception>
    public static string Text(string text) => Quote(text, '\'');

    /// <summary>Always with a decimal point and never with an exponent, which InfluxQL does not know; the value to the last bit.</summary>
    /// <exception cref="ArgumentException">Not finite.</exception>
    public static string Number(double value)
    {
        if (!double.IsFinite(value)) throw new ArgumentException($"{value} cannot be written in InfluxQL.", nameof(value));

        string shortest = value.ToString("E16", CultureInfo.InvariantCulture);
        int e = shortest.IndexOf('E', StringComparison.Ordinal);
        int exponent = int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string sign = shortest[0] == '-' ? "-" : "";
        string digits = shortest[sign.Length..e].Replace(".", "", StringComparison.Ordinal).TrimEnd('0');
        if (digits.Length == 0) return "0.0";

        int point = exponent + 1; // how many of the digits stand before the point
        if (point <= 0) return $"{sign}0.{new string('0', -point)}{digits}";
        return point >= digits.Length ? $"{sign}{digits.PadRight(point, '0')}.0" : $"{sign}{digits[..point]}.{digits[point..]}";
    }

    /// <summary>A time in nanoseconds.</summary>
    public static string Time(long ns) => ns.ToString(CultureInfo.InvariantCulture);

    /// <summary>A duration in nanoseconds; negative ones only as offsets.</summary>
    public static string Duration(TimeSpan length) => string.Create(CultureInfo.InvariantCulture, $"{length.Ticks}00ns");

    public static string Operator(Comparison comparison) => comparison switch
    {
        Comparison.Equal => "=",
        Comparison.NotEqual => "!=",
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Greater => ">",
        Comparison.GreaterOrEqual => ">=",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };

    private static string Quote(string text, char quote)
    {
        if (text.AsSpan().ContainsAny('\0', '\r')) throw new ArgumentException("NUL and CR cannot be written in InfluxQL.", nameof(text));

        var quoted = new StringBuilder(text.Length + 2).Append(quote);
        foreach (char c in text)
        {
            if (c == '\n') quoted.Append("\\n");
            else if (c == quote || c == '\\') quoted.Append('\\').Append(c);
            else quoted.Append(c);
        }

        return quoted.Append(quote).ToString();
    }
}
