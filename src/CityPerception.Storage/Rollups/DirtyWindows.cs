using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
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
/// <param name="channels">The channels as they are configured now: another dictionary after a reload.</param>
/// <param name="state">Keeps the notes.</param>
/// <param name="clock">Tells which minutes have ended.</param>
public sealed class DirtyWindows(Func<FrozenDictionary<string, Channel>> channels, IRollupState state, TimeProvider clock) : IProjection
{
    private const long NsPerMinute = 60_000_000_000, NsPerHour = 60 * NsPerMinute;

    // One call at a time: the same memory serves all.
    private readonly Dictionary<(int Measurement, long Hour), long> _bits = [];
    private (FrozenDictionary<string, Channel> Of, UsedMeasurement[] All)? _used;

    public string Name => "rollup";

    public ImmutableArray<string> Measurements => [];

    public async ValueTask ApplyAsync(LineBatch lines, CancellationToken cancellationToken)
    {
        UsedMeasurement[] used = Used();
        Collect(lines.Text.Span, used, clock.GetUtcNow().ToUnixNs());
        if (_bits.Count > 0) await state.TouchAsync(Touched(used), cancellationToken);
    }

    private UsedMeasurement[] Used()
    {
        FrozenDictionary<string, Channel> now = channels();
        if (_used is { } known && ReferenceEquals(known.Of, now)) return known.All;
        UsedMeasurement[] all = [.. now.Values.SelectMany(static c => c.Kpis.SelectMany(static k => k.Inputs).SelectMany(i => i.Measurements.Select(m => (Measurement: m, c.Slug)))).Distinct()
            .GroupBy(static u => u.Measurement, static u => u.Slug).Select(static g => new UsedMeasurement(Encoding.UTF8.GetBytes(g.Key), g.Key, [.. g]))];
        _used = (now, all);
        return all;
    }

    private void Collect(ReadOnlySpan<byte> text, UsedMeasurement[] used, long now)
    {
        _bits.Clear();
        int last = -1;
        foreach (Range range in text.TrimEnd((byte)'\n').Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range];
            // Lines come in runs of one measurement.
            if (last < 0 || !used[last].Has(line)) last = Find(used, line);
            if (last < 0 || !LineTime.TryRead(line, out long time)) continue;
            long minute = time / NsPerMinute;
            if ((minute + 1) * NsPerMinute > now) continue; // it has not ended
            ref long bits = ref CollectionsMarshal.GetValueRefOrAddDefault(_bits, (last, time / NsPerHour), out _);
            bits |= DirtyBits.Minute((int)(minute % 60)) | DirtyBits.Hour | DirtyBits.Day;
        }
    }

    private static int Find(UsedMeasurement[] used, ReadOnlySpan<byte> line)
    {
        for (int i = 0; i < used.Length; i++)
        {
            if (used[i].Has(line)) return i;
        }

        return -1;
    }

    private Dictionary<TouchedHour, long> Touched(UsedMeasurement[] used) => _bits.SelectMany(b => used[b.Key.Measurement].Channels.Select(channel =>
        KeyValuePair.Create(new TouchedHour(channel, used[b.Key.Measurement].Name, DateTimeOffset.FromUnixTimeSeconds(b.Key.Hour * 3600)), b.Value))).ToDictionary();

    /// <summary>A measurement, and the channels that have it among their inputs.</summary>
    private sealed record UsedMeasurement(byte[] Bytes, string Name, string[] Channels)
    {
        public bool Has(ReadOnlySpan<byte> line) => line.Length > Bytes.Length && line.StartsWith(Bytes) && line[Bytes.Length] is (byte)',' or (byte)' ';
    }
}
