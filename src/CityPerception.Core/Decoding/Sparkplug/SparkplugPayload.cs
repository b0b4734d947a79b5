using System.Diagnostics.CodeAnalysis;
using CityPerception.Core.Decoding.Sparkplug.Wire;
using Google.Protobuf;

namespace CityPerception.Core.Decoding.Sparkplug;

/// <summary>The bytes of payloads.</summary>
internal static class SparkplugPayload
{
    private const string BirthDeathMetric = "bdSeq";

    private static readonly MessageParser<Payload> Parser = Payload.Parser.WithDiscardUnknownFields(true);

    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Payload? payload)
    {
        try
        {
            payload = Parser.ParseFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            payload = null;
            return false;
        }
    }

    /// <summary>The number that a death has in common with the birth of its session (5.4); null where it is missing.</summary>
    public static ulong? BirthDeathNumber(Payload payload)
    {
        foreach (Metric metric in payload.Metrics)
        {
            if (metric.Name != BirthDeathMetric) continue;
            return metric.ValueCase switch
            {
                Metric.ValueOneofCase.LongValue => metric.LongValue,
                Metric.ValueOneofCase.IntValue => metric.IntValue,
                _ => null,
            };
        }

        return null;
    }
}
