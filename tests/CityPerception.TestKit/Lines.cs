using System.Globalization;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;

namespace CityPerception.TestKit;

/// <summary>Lines as the mapping emits them. A test names only what it is about.</summary>
public static class Lines
{
    public static LineBatch Of(params IEnumerable<string> lines)
    {
        string[] all = [.. lines];
        return new LineBatch(Encoding.UTF8.GetBytes(string.Concat(all.Select(l => l + "\n"))), all.Length);
    }

    /// <summary>A noise meter's sample in dB(A).</summary>
    public static string Noise(string at, double leq, string district = "140402", string device = "noise-1") =>
        Line("noise", [("device", device), ("district", district)], [("leq", leq)], Ns(at));

    /// <summary>Any line. Empty tags are left out; field values are double, long (or int), bool or string.</summary>
    public static string Line(string measurement, (string Name, string Value)[] tags, (string Name, object Value)[] fields, long timeNs)
    {
        string series = string.Concat(tags.Where(t => t.Value.Length > 0).OrderBy(t => t.Name, StringComparer.Ordinal).Select(t => $",{Key(t.Name)}={Key(t.Value)}"));
        string values = string.Join(',', fields.OrderBy(f => f.Name, StringComparer.Ordinal).Select(f => $"{Key(f.Name)}={Value(f.Value)}"));
        return string.Create(CultureInfo.InvariantCulture, $"{Key(measurement).Replace("\\=", "=", StringComparison.Ordinal)}{series} {values} {timeNs}");
    }

    /// <summary>Nanoseconds since 1970 of an ISO 8601 time, whose fraction may have nine digits.</summary>
    public static long Ns(string iso)
    {
        int dot = iso.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return DateTimeOffset.Parse(iso, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixNs();

        int end = dot + 1 + iso.AsSpan(dot + 1).IndexOfAnyExceptInRange('0', '9');
        long fraction = long.Parse(iso[(dot + 1)..end].PadRight(9, '0'), CultureInfo.InvariantCulture);
        return Ns(iso[..dot] + iso[end..]) + fraction;
    }

    private static string Key(string name) => Escape(name, ", =");

    private static string Value(object value) => value switch
    {
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        long or int => string.Create(CultureInfo.InvariantCulture, $"{value}i"),
        bool boolean => boolean ? "true" : "false",
        string text => $"\"{Escape(text, "\"\\")}\"",
        _ => throw new ArgumentException($"{value.GetType()} is no type of line protocol.", nameof(value)),
    };

    private static string Escape(string text, string special)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char c in text)
        {
            if (special.Contains(c, StringComparison.Ordinal)) escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }
}
