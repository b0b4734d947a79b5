using System.Globalization;
using CityPerception.Core.Decoding.Sparkplug.Wire;

namespace CityPerception.Core.Decoding.Sparkplug;

/// <summary>The metrics of one payload that only a birth explains, and none has: one rejection for them all.</summary>
internal sealed class UnknownMetrics
{
    private const int MaxShown = 5;

    private List<string>? _shown;
    private bool _hasType;

    public int Count { get; private set; }

    /// <summary>One with an alias that stands for nothing.</summary>
    public void AddAlias(Metric metric) => Add(metric.HasAlias ? metric.Alias.ToString(CultureInfo.InvariantCulture) : "none");

    /// <summary>One with a name, and a whole number that may or may not be negative.</summary>
    public void AddType(Metric metric)
    {
        _hasType = true;
        Add(metric.Name);
    }

    public string Describe(SparkplugTopic topic, SparkplugContext? context)
    {
        string which = string.Join(", ", _shown!) + (Count > MaxShown ? $" and {Count - MaxShown} more" : "");
        string what = _hasType ? "name or datatype" : "name";
        string why = context switch
        {
            { Birth: not null } => $"the last birth of {topic.Sender} does not have it",
            { IsOverLimit: true } => $"the birth of {topic.Sender} was not kept: it would take more memory than Mqtt:Sparkplug:MemoryMegabytes allows",
            _ => $"no birth of {topic.Sender} is known",
        };
        string then = context is { IsOverLimit: true } ? "raise it, and replay this once the node has said its birth again" : "a server asks the node for it; replay this once it has come";
        return $"aliases of unknown {what}: {which}; {why}; {then}";
    }

    private void Add(string what)
    {
        Count++;
        if (Count <= MaxShown) (_shown ??= []).Add(what);
    }
}
