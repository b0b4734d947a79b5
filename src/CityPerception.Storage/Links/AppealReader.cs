using System.Collections.Frozen;
using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Queries;
using CityPerception.Core.Text.Similarity;

namespace CityPerception.Storage.Links;

/// <summary>Reads appeals from lines and from stored points; both give the same.</summary>
internal static class AppealReader
{
    /// <summary>The measurements that carry what residents and companies wrote.</summary>
    public static ImmutableArray<string> Measurements { get; } = ["business_tip", "hotline_ticket", "incident", "sentiment"];

    /// <summary>What is read of a point.</summary>
    public static ImmutableArray<string> Fields { get; } = ["case_id", "lat", "lon", "text"];

    // A point of a later state tells again what the first one told, perhaps months after it.
    private static readonly FrozenSet<string> FirstStates = ["reported", "verified", "accepted", "filed"];

    /// <summary>The appeals among lines; others are passed over.</summary>
    public static List<AppealFacts> Read(LineBatch lines)
    {
        List<AppealFacts> appeals = [];
        var reader = new LineProtocolReader(lines.Text.Span);
        while (reader.NextLine())
        {
            string measurement = reader.Measurement.ToString();
            var tags = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            var fields = new Dictionary<string, object>();
            while (reader.NextTag()) tags[reader.Key.ToString()] = reader.Value.ToString();
            while (reader.NextField())
            {
                if (reader.Kind is LineFieldKind.String) fields[reader.Key.ToString()] = reader.Value.ToString();
                else if (reader.TryGetDouble(out double number)) fields[reader.Key.ToString()] = number;
            }

            if (!reader.Failed && Find(measurement, reader.Time, tags.ToImmutable(), fields) is { } appeal) appeals.Add(appeal);
        }

        return appeals;
    }

    /// <summary>The appeal that a point is; null if it is none.</summary>
    public static AppealFacts? Find(string measurement, Point point) => Find(measurement, point.TimeNs, point.Tags, point.Fields);

    private static AppealFacts? Find(string measurement, long timeNs, ImmutableSortedDictionary<string, string> tags, IReadOnlyDictionary<string, object> fields)
    {
        if (tags.TryGetValue("state", out string? state) && !FirstStates.Contains(state)) return null;
        if (fields.GetValueOrDefault("text") is not string text || TextFingerprint.Find(text) is not { } fingerprint) return null;
        string source = tags.GetValueOrDefault("source", "");
        long series = Hash(tags);
        (double? lat, double? lon) = (fields.GetValueOrDefault("lat") as double?, fields.GetValueOrDefault("lon") as double?);
        return new AppealFacts
        {
            Id = fields.GetValueOrDefault("case_id") is string caseId ? $"{measurement}:{caseId}" : $"{measurement}:{source}:{series:x16}:{timeNs}",
            Measurement = measurement,
            Source = source,
            TimeNs = timeNs,
            Series = series,
            District = tags.GetValueOrDefault("district"),
            Grid = tags.GetValueOrDefault("grid"),
            Category = tags.GetValueOrDefault("category"),
            Lat = lon is null ? null : lat,
            Lon = lat is null ? null : lon,
            Fingerprint = fingerprint,
        };
    }

    private static long Hash(ImmutableSortedDictionary<string, string> tags)
    {
        string text = string.Join('\n', tags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => t.Key + "=" + t.Value));
        return (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text));
    }
}
