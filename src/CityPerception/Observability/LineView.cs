using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;

namespace CityPerception.Observability;

/// <summary>Takes a sample's line apart for the screen.</summary>
internal static class LineView
{
    public static LiveObservation Read(ObservationSample sample)
    {
        string measurement = "";
        var tags = new Dictionary<string, string>();
        var fields = new List<LiveField>();
        var reader = new LineProtocolReader(Encoding.UTF8.GetBytes(sample.Line));
        if (reader.NextLine())
        {
            measurement = reader.Measurement.ToString();
            while (reader.NextTag()) tags[reader.Key.ToString()] = reader.Value.ToString();
            while (reader.NextField()) fields.Add(Field(reader));
        }

        return new LiveObservation(ObservationTime.FromUnixNs(sample.ReceivedNs), sample.Line, measurement, tags, fields);
    }

    private static LiveField Field(in LineProtocolReader reader)
    {
        string name = reader.Key.ToString();
        if (reader.TryGetDouble(out double number)) return new LiveField(name, number, null, null);
        return reader.TryGetBoolean(out bool flag) ? new LiveField(name, null, flag, null) : new LiveField(name, null, null, reader.Value.ToString());
    }
}
