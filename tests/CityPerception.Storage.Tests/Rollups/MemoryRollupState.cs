using CityPerception.Core.Channels;
using CityPerception.Storage.Operations.Rollups;

namespace CityPerception.Storage.Tests.Rollups;

/// <summary>Watermarks and dirty windows in memory, as <see cref="RollupState"/> keeps them: <see cref="RollupStateTests"/> asks the same of both.</summary>
internal sealed class MemoryRollupState(TimeProvider clock) : IRollupState
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private readonly Dictionary<TouchedHour, DirtyHour> _dirty = [];
    private readonly Dictionary<(string, ViewWindow), RollupWatermark> _watermarks = [];

    public Task TouchAsync(IReadOnlyDictionary<TouchedHour, long> bits, CancellationToken cancellationToken)
    {
        foreach ((TouchedHour hour, long pending) in bits)
        {
            if (!_dirty.TryGetValue(hour, out DirtyHour? known)) _dirty[hour] = known = new DirtyHour { Channel = hour.Channel, Measurement = hour.Measurement, Start = hour.Start };
            known.Pending |= pending;
            known.Version++;
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<DirtyHour>> DirtyAsync(string channel, long bits, int limit, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DirtyHour>>(
    [
        .. _dirty.Values.Where(d => d.Channel == channel && (d.Pending & bits) != 0).OrderBy(static d => d.Start).Take(limit)
            .Select(static d => new DirtyHour { Channel = d.Channel, Measurement = d.Measurement, Start = d.Start, Pending = d.Pending, Version = d.Version }),
    ]);

    public Task ClearAsync(IReadOnlyCollection<(DirtyHour Hour, long Bits)> done, CancellationToken cancellationToken)
    {
        foreach ((DirtyHour hour, long bits) in done)
        {
            var key = new TouchedHour(hour.Channel, hour.Measurement, hour.Start);
            if (!_dirty.TryGetValue(key, out DirtyHour? known) || known.Version != hour.Version) continue;
            known.Pending &= ~bits;
            if (known.Pending == 0) _dirty.Remove(key);
        }

        return Task.CompletedTask;
    }

    public Task<DateTimeOffset?> ThroughAsync(string channel, ViewWindow window, CancellationToken cancellationToken) =>
        Task.FromResult(_watermarks.GetValueOrDefault((channel, window))?.Through);

    public async Task<DateTimeOffset> KeptFromAsync(CancellationToken cancellationToken) => await ThroughAsync(RollupState.Kept, ViewWindow.Day, cancellationToken) ?? DateTimeOffset.MinValue;

    public Task<RollupTurn?> TryBeginAsync(string channel, ViewWindow window, DateTimeOffset begin, CancellationToken cancellationToken)
    {
        if (!_watermarks.TryGetValue((channel, window), out RollupWatermark? watermark)) _watermarks[(channel, window)] = watermark = new RollupWatermark { Channel = channel, Window = window, Through = begin };
        DateTimeOffset now = clock.GetUtcNow();
        if (watermark.Holder is not null && watermark.HeldUntil >= now) return Task.FromResult<RollupTurn?>(null);
        (watermark.Holder, watermark.HeldUntil) = (Guid.CreateVersion7(), now + Lease);
        return Task.FromResult<RollupTurn?>(new RollupTurn(channel, window, watermark.Holder.Value, watermark.Through));
    }

    public Task<bool> AdvanceAsync(RollupTurn turn, DateTimeOffset through, CancellationToken cancellationToken)
    {
        if (Held(turn) is not { } watermark) return Task.FromResult(false);
        (watermark.Through, watermark.HeldUntil) = (through, clock.GetUtcNow() + Lease);
        return Task.FromResult(true);
    }

    public Task EndAsync(RollupTurn turn)
    {
        if (Held(turn) is { } watermark) watermark.Holder = null;
        return Task.CompletedTask;
    }

    private RollupWatermark? Held(RollupTurn turn) => _watermarks.GetValueOrDefault((turn.Channel, turn.Window)) is { } watermark && watermark.Holder == turn.Id ? watermark : null;
}
