using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CityPerception.Storage.Spooling;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>
/// What brokers may still hold for us, in a small file of the data directory: the sessions, and the topic filters in each.
/// A broker tells nobody what a session is subscribed to, so a topic that was taken out of the configuration while we were
/// stopped, or a connection that is no longer wanted, could not be ended without it.
/// </summary>
/// <remarks>
/// It is written before a SUBSCRIBE and after an UNSUBACK: at any moment it names at least what the broker has. Thread-safe.
/// </remarks>
internal sealed class SessionMemory
{
    public const string FileName = "mqtt-sessions.json";

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly Contents _contents;

    private SessionMemory(string path, Contents contents) => (_path, _contents) = (path, contents);

    /// <summary>A name that no other data directory has, the same at each start.</summary>
    public string Worker => _contents.Worker;

    /// <summary>Reads the file, or begins it.</summary>
    public static SessionMemory Open(string directory, ILogger logger)
    {
        string path = Path.Combine(directory, FileName);
        if (Read(path, logger) is { } found) return new SessionMemory(path, found);

        var begun = new SessionMemory(path, new Contents { Worker = RandomNumberGenerator.GetHexString(8, lowercase: true) });
        begun.Write();
        return begun;
    }

    // What cannot be read is put aside: without it there are new sessions, and the old ones are left to the broker.
    private static Contents? Read(string path, ILogger logger)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using FileStream file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, SessionJson.Readable.Contents) ?? throw new JsonException("it holds nothing");
        }
        catch (JsonException e)
        {
            string aside = path + ".damaged";
            File.Move(path, aside, overwrite: true);
            logger.SessionsForgotten(path, e.Message, aside);
            return null;
        }
    }

    /// <summary>The client identifiers of the sessions that a broker may have.</summary>
    public string[] Sessions(string broker)
    {
        lock (_gate) return _contents.Brokers.TryGetValue(broker, out Dictionary<string, string[]>? sessions) ? [.. sessions.Keys] : [];
    }

    /// <summary>The topic filters that a session may have; none for one that is not known.</summary>
    public string[] Filters(string broker, string clientId)
    {
        lock (_gate) return _contents.Brokers.TryGetValue(broker, out Dictionary<string, string[]>? sessions) && sessions.TryGetValue(clientId, out string[]? filters) ? filters : [];
    }

    /// <summary>Notes what a session may have from now on. On disk when it returns.</summary>
    public void Remember(string broker, string clientId, IEnumerable<string> filters)
    {
        lock (_gate)
        {
            if (!_contents.Brokers.TryGetValue(broker, out Dictionary<string, string[]>? sessions)) _contents.Brokers.Add(broker, sessions = []);
            string[] sorted = [.. filters.Distinct().Order(StringComparer.Ordinal)];
            if (sessions.TryGetValue(clientId, out string[]? before) && before.SequenceEqual(sorted)) return;
            sessions[clientId] = sorted;
            Write();
        }
    }

    /// <summary>The broker no longer has the session.</summary>
    public void Forget(string broker, string clientId)
    {
        lock (_gate)
        {
            if (_contents.Brokers.TryGetValue(broker, out Dictionary<string, string[]>? sessions) && sessions.Remove(clientId)) Write();
        }
    }

    // Whole or not at all: written beside it, then put in its place.
    private void Write()
    {
        string beside = _path + ".new";
        using (FileStream file = File.Create(beside))
        {
            JsonSerializer.Serialize(file, _contents, SessionJson.Readable.Contents);
            file.Flush();
            DiskSync.File(file.SafeFileHandle, beside);
        }

        File.Move(beside, _path, overwrite: true);
        DiskSync.Directory(Path.GetDirectoryName(_path)!);
    }

    internal sealed class Contents
    {
        public required string Worker { get; init; }

        /// <summary>By broker and client identifier.</summary>
        public Dictionary<string, Dictionary<string, string[]>> Brokers { get; init; } = [];
    }
}

[JsonSerializable(typeof(SessionMemory.Contents))]
internal sealed partial class SessionJson : JsonSerializerContext
{
    /// <summary>With the + of topic filters as it is.</summary>
    public static SessionJson Readable { get; } = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
