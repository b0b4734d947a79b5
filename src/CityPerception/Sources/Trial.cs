using System.Text;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Sources.Mqtt;
using CityPerception.Sources.Mqtt.Azure;

namespace CityPerception.Sources;

/// <summary>What a sample became. Nothing is stored.</summary>
/// <param name="Lines">Line protocol, a line each, without line ends.</param>
/// <param name="Rejections">What was refused.</param>
/// <param name="Filtered">How many elements the source's condition left out.</param>
internal sealed record Trial(IReadOnlyList<string> Lines, IReadOnlyList<Rejection> Rejections, int Filtered)
{
    /// <summary>Decodes and maps a sample.</summary>
    /// <param name="plan">Whose limits hold.</param>
    /// <param name="source">Of the plan.</param>
    /// <param name="payload">The message's bytes.</param>
    /// <param name="topic">The MQTT topic it is to have come by; empty for none.</param>
    /// <param name="clock">Tells when it came.</param>
    public static Trial Of(IngestPlan plan, CompiledSource source, ReadOnlyMemory<byte> payload, string topic, TimeProvider clock)
    {
        UserProperties? properties = null;
        if (AzureTopic.TryParse(topic, out AzureTopic azure)) // as it would come by the broker: a part of its topic are properties
        {
            AzureMessage opened = AzureMessage.Open(azure, payload, null, plan.City.Limits.DecompressedBytes);
            if (opened.Fault is { } fault) return new Trial([], [fault], 0);
            (topic, payload, properties) = (azure.Route, opened.Payload, new UserProperties(opened.Properties));
        }

        var run = new MappingRun();
        source.Map(new Message { Payload = payload.Span, Topic = Encoding.UTF8.GetBytes(topic), Properties = properties, ReceivedNs = clock.UnixNs() }, run);
        string[] lines = Encoding.UTF8.GetString(run.Lines.Written).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return new Trial(lines, [.. run.Rejections], run.FilteredCount);
    }
}
