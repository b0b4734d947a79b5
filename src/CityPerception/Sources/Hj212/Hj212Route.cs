using System.Collections.Concurrent;
using System.Text;
using CityPerception.Core.Decoding.Hj212;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;

namespace CityPerception.Sources.Hj212;

/// <summary>Where frames of one ST/CN/MN go.</summary>
internal sealed class Hj212Route(string text, string command, string device, CompiledSource[] sources)
{
    /// <summary>ST/CN/MN.</summary>
    public string Text { get; } = text;

    /// <summary>The same in UTF-8, as the message's topic.</summary>
    public byte[] Topic { get; } = Encoding.UTF8.GetBytes(text);

    /// <summary>MN.</summary>
    public string Device { get; } = device;

    /// <summary>The same as whose message it is.</summary>
    public MessageSender Sender { get; } = new(device, isRegistered: false);

    /// <summary>The sources that take them.</summary>
    public CompiledSource[] Sources { get; } = sources;

    /// <summary>A device asks for the time.</summary>
    public bool IsTimeRequest { get; } = command is "1013";

    /// <summary>What makes no observation, where no source takes it: a heartbeat (2025), and answers to what a device was asked.</summary>
    public bool IsTalk { get; } = command is "9015" or "9011" or "9012" or "9013";
}

/// <summary>Where frames of each ST/CN/MN that has come go, worked out once for a plan.</summary>
internal sealed class Hj212Routes(IngestPlan plan)
{
    // Whoever makes up devices without end only loses the memory of them.
    private const int MaxRoutes = 50_000;

    private readonly ConcurrentDictionary<string, Hj212Route> _all = new(StringComparer.Ordinal);

    public IngestPlan Plan => plan;

    public bool IsFull => _all.Count > MaxRoutes;

    /// <summary>Allocates nothing for a device that has come before.</summary>
    public Hj212Route Find(in Hj212Head head)
    {
        Span<char> key = stackalloc char[Hj212Answer.MaxEchoBytes + 2];
        int st = Encoding.UTF8.GetChars(head.St, key);
        key[st] = '/';
        int cn = st + 1 + Encoding.UTF8.GetChars(head.Cn, key[(st + 1)..]);
        key[cn] = '/';
        int end = cn + 1 + Encoding.UTF8.GetChars(head.Mn, key[(cn + 1)..]);
        if (_all.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key[..end], out Hj212Route? route)) return route;

        var text = new string(key[..end]);
        return _all.GetOrAdd(text, new Hj212Route(text, text[(st + 1)..cn], text[(cn + 1)..], plan.SourcesOfHj212(text)));
    }
}
