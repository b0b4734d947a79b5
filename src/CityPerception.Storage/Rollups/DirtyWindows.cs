using System.Collections.Immutable;
using System.Text;
using CityPerception.Core.Channels;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;
using CityPerception.Storage.Operations.Rollups;
using CityPerception.Storage.Projections;

namespace CityPerception.Storage.Rollups;

/// <summary>
/// Notes the windows that late observations touch: those of a minute that had ended when the store took them. A window is
/// computed after its end, so whatever it may have missed is noted.
/// </summary>
/// <param name="channels">The channels as they are configured now.</param>
/// <param name="state">Keeps the notes.</param>
/// <param name="clock">Tells which minutes have ended.</param>
public sealed class DirtyWindows(Func<IEnumerable<Channel>> channels, RollupState state, TimeProvider clock) : IProjection
{
    private const long NsPerMinute = 60_000_000_000, NsPerHour = 60 * NsPerMinute;

    public string Name => "rollup";

    public ImmutableArray<string> Measurements => [];

    public async ValueTask ApplyAsync(LineBatch lines, CancellationToken cancellationToken)
    {
        Dictionary<TouchedHour, long> touched = Touched(lines.Text.Span, UsersOfMeasurements(), clock.GetUtcNow().ToUnixNs());
        if (touched.Count > 0) await state.TouchAsync(touched, cancellationToken);
    }

    private Dictionary<string, string[]> UsersOfMeasurements() => channels()
        .SelectMany(static c => c.Kpis.SelectMany(static k => k.Inputs).Select(i => (i.Measurement, c.Slug))).Distinct()
        .GroupBy(static u => u.Measurement).ToDictionary(static g => g.Key, static g => g.Select(static u => u.Slug).ToArray());

    private static Dictionary<TouchedHour, long> Touched(ReadOnlySpan<byte> text, Dictionary<string, string[]> users, long now)
    {
        Dictionary<(string Measurement, long Hour), long> bits = [];
        string? measurement = null;
        byte[] name = [];
        bool isUsed = false;
        foreach (Range range in text.TrimEnd((byte)'\n').Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range];
            // Lines come in runs of one measurement.
            if (!line.StartsWith(name) || name.Length == 0 || line.Length <= name.Length || line[name.Length] is not ((byte)',' or (byte)' '))
            {
                name = line[..Math.Max(0, line.IndexOfAny(", "u8))].ToArray();
                measurement = Encoding.UTF8.GetString(name);
                isUsed = users.ContainsKey(measurement);
            }

            if (!isUsed || !LineTime.TryRead(line, out long time)) continue;
            long minute = Math.DivRem(time, NsPerMinute, out _);
            if ((minute + 1) * NsPerMinute > now) continue; // it has not ended
            (string, long) hour = (measurement!, time / NsPerHour);
            bits[hour] = bits.GetValueOrDefault(hour) | DirtyBits.Minute((int)(minute % 60)) | DirtyBits.Hour | DirtyBits.Day;
        }

        return bits.SelectMany(b => users[b.Key.Measurement].Select(channel =>
            KeyValuePair.Create(new TouchedHour(channel, b.Key.Measurement, DateTimeOffset.FromUnixTimeSeconds(b.Key.Hour * 3600)), b.Value))).ToDictionary();
    }
}
