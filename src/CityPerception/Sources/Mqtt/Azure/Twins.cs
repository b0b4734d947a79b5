using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CityPerception.Sources.Mqtt.Azure;

/// <summary>
/// The twins of devices: what each has reported of itself, merged, with a version that counts its reports. Kept in memory
/// only: a device reports anew when it connects, as their SDK does after a hub has moved. Nothing is desired of a device yet.
/// </summary>
internal sealed class Twins
{
    /// <summary>A twin beyond so many answers "too many", and its device asks again later.</summary>
    public const int MaxTwins = 20_000;

    /// <summary>What one device may report in all; the hub's own limit.</summary>
    public const int MaxReportedBytes = 32 << 10;

    // The hub's limit is 10 levels below reported.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 11, AllowDuplicateProperties = false };

    private readonly ConcurrentDictionary<AzureName, Twin> _twins = new();

    /// <summary>The document that a GET is answered with.</summary>
    public byte[] Read(AzureName name)
    {
        Twin twin = _twins.GetValueOrDefault(name, Twin.Empty);
        JsonObject reported = Parse(twin.Reported)!;
        reported["$version"] = twin.Version;
        return Encoding.UTF8.GetBytes(new JsonObject { ["desired"] = new JsonObject { ["$version"] = 1 }, ["reported"] = reported }.ToJsonString());
    }

    /// <summary>Merges a report: objects member by member, null removes one. Returns the status as HTTP has it, and the version if it is 204.</summary>
    public (int Status, long Version) Patch(AzureName name, ReadOnlySpan<byte> patch)
    {
        if (Parse(patch) is not { } changes || changes.Any(member => member.Key.StartsWith('$'))) return (400, 0);
        if (_twins.Count >= MaxTwins && !_twins.ContainsKey(name)) return (429, 0);
        while (true)
        {
            // Two connections of one device only while the newer takes over; still neither may lose the other's report.
            Twin before = _twins.GetOrAdd(name, Twin.Empty);
            JsonObject reported = Parse(before.Reported)!;
            Merge(reported, changes);
            byte[] bytes = Encoding.UTF8.GetBytes(reported.ToJsonString());
            if (bytes.Length > MaxReportedBytes) return (413, 0);
            var after = new Twin(bytes, before.Version + 1);
            if (_twins.TryUpdate(name, after, before)) return (204, after.Version);
        }
    }

    private static JsonObject? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: Strict) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Merge(JsonObject into, JsonObject changes)
    {
        foreach ((string key, JsonNode? value) in changes)
        {
            if (value is null) into.Remove(key);
            else if (value is JsonObject inner) Merge(Child(into, key), inner);
            else into[key] = value.DeepClone();
        }
    }

    private static JsonObject Child(JsonObject into, string key)
    {
        if (into[key] is JsonObject child) return child;
        var added = new JsonObject();
        into[key] = added;
        return added;
    }

    /// <param name="Reported">As JSON: half the size of nodes.</param>
    /// <param name="Version">Of the report; the hub's begin with 1.</param>
    private sealed record Twin(byte[] Reported, long Version)
    {
        public static readonly Twin Empty = new("{}"u8.ToArray(), 1);
    }
}

/// <summary>A topic of a twin's request: <c>$iothub/twin/GET/?$rid=…</c> or <c>$iothub/twin/PATCH/properties/reported/?$rid=…</c>.</summary>
/// <param name="IsPatch">It reports; else it asks.</param>
/// <param name="RequestId">What the answer repeats.</param>
internal readonly record struct TwinRequest(bool IsPatch, string RequestId)
{
    private const string Get = "$iothub/twin/GET/", Patch = "$iothub/twin/PATCH/properties/reported/", Rid = "$rid=";

    public static TwinRequest? Of(string topic)
    {
        bool patch = topic.StartsWith(Patch, StringComparison.Ordinal);
        if (!patch && !topic.StartsWith(Get, StringComparison.Ordinal)) return null;
        int query = topic.IndexOf('?', StringComparison.Ordinal);
        foreach (string part in query < 0 ? [] : topic[(query + 1)..].Split('&'))
            if (part.StartsWith(Rid, StringComparison.Ordinal)) return new TwinRequest(patch, part[Rid.Length..]);
        return null;
    }

    /// <summary>The topic of the answer.</summary>
    public string Answer(int status, long version = 0) =>
        string.Create(CultureInfo.InvariantCulture, $"$iothub/twin/res/{status}/?$rid={RequestId}{(version > 0 ? $"&$version={version}" : "")}");
}
