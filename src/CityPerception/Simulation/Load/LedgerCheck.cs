using System.Collections;
using System.Collections.Immutable;
using CityPerception.Core.Queries;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.Simulation.Load;

/// <summary>Ways in which a store and a ledger can disagree.</summary>
internal enum LedgerFaultKind
{
    /// <summary>Acknowledged, and neither stored nor a dead letter.</summary>
    Lost,

    /// <summary>More points than one, or more dead letters than times it was sent, or a point and a dead letter.</summary>
    Repeated,

    /// <summary>There, and never sent.</summary>
    NeverSent,

    /// <summary>Stored with another value than was sent.</summary>
    Altered,
}

/// <summary>A message about which store and ledger disagree.</summary>
internal sealed record LedgerFault(LedgerFaultKind Kind, int Connection, long Number, string DeviceId, DateTimeOffset Time);

/// <summary>What the comparison came to.</summary>
/// <param name="Faults">The first of each kind.</param>
/// <param name="FaultCounts">How many of each kind there are.</param>
internal sealed record LedgerVerdict(
    long Sent, long Acknowledged, long Rejected, long Stored, long DeadLetters, IReadOnlyList<LedgerFault> Faults, IReadOnlyDictionary<LedgerFaultKind, long> FaultCounts)
{
    public bool Holds => FaultCounts.Count == 0;
}

/// <summary>
/// Compares a ledger with a store and its dead letters: whatever was acknowledged is there exactly once with the value that
/// was sent, nothing is there that never was, and what was not acknowledged may be there or not.
/// </summary>
internal sealed class LedgerCheck
{
    /// <summary>Of each kind so many faults are kept.</summary>
    public const int MaxFaults = 20;

    private const int PointsAtOnce = 200_000, DevicesByName = 100;

    private readonly LedgerBook _book;
    private readonly LoadNumbering _numbering;
    private readonly AirMessages _messages;
    private readonly BitArray[] _stored;
    private readonly Dictionary<(int Connection, long Number), int> _letters = [];
    private readonly List<LedgerFault> _faults = [];
    private readonly SortedDictionary<LedgerFaultKind, long> _faultCounts = [];
    private long _storedCount, _letterCount;

    public LedgerCheck(LedgerBook book)
    {
        _book = book;
        _numbering = book.Header.Numbering;
        _messages = new AirMessages(_numbering, book.Header.BadEvery);
        _stored = [.. book.Accounts.Select(a => new BitArray((int)a.Sent))];
    }

    /// <exception cref="StoreUnavailableException">The store cannot be asked.</exception>
    public async Task<LedgerVerdict> RunAsync(IStore store, IEnumerable<DeadLetter> letters, CancellationToken cancellationToken)
    {
        await ReadStoreAsync(store, cancellationToken);
        foreach (DeadLetter letter in letters) Add(letter);
        for (int c = 0; c < _book.Accounts.Count; c++) Compare(c, _book.Accounts[c]);
        return new LedgerVerdict(
            _book.Accounts.Sum(a => a.Sent), _book.Accounts.Sum(a => Count(a.Acknowledged)), _book.Accounts.Sum(a => Count(a.Rejected)), _storedCount, _letterCount, _faults, _faultCounts);
    }

    // A stretch of time after the other, so that no answer is larger than a store likes; an hour more at both ends, where nothing should be.
    private async Task ReadStoreAsync(IStore store, CancellationToken cancellationToken)
    {
        DateTimeOffset begin = DateTimeOffset.FromUnixTimeMilliseconds(_numbering.BeginMs);
        long lastMs = _book.Accounts.Select((a, c) => a.Sent / _numbering.OwnDevices(c)).Max() + 1;
        long step = Math.Max(1, PointsAtOnce / _numbering.Devices);
        // Few devices are asked for by name: other runs may have left millions of points at the same times.
        ImmutableArray<Filter> ours = _numbering.Devices <= DevicesByName ? [new Filter.Tag("device", [.. Enumerable.Range(0, _numbering.Devices).Select(_numbering.DeviceId)])] : [];
        for (long at = 0; at < lastMs; at += step)
        {
            var query = new PointQuery
            {
                Measurement = AirMessages.Measurement,
                Fields = [AirMessages.Field],
                Where = ours,
                From = at == 0 ? begin.AddHours(-1) : begin.AddMilliseconds(at),
                To = at + step >= lastMs ? begin.AddMilliseconds(lastMs).AddHours(1) : begin.AddMilliseconds(at + step),
            };
            await foreach (Point point in store.ReadAsync(query, cancellationToken)) Add(point);
        }
    }

    private void Add(Point point)
    {
        if (!point.Tags.TryGetValue("device", out string? device) || !device.StartsWith(_numbering.DevicePrefix, StringComparison.Ordinal)) return;
        _storedCount++;
        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(point.TimeNs / 100);
        if (!_numbering.TryFind(device, point.TimeNs / 1_000_000, out int connection, out long number) || number >= _stored[connection].Length || point.TimeNs % 1_000_000 != 0)
        {
            Fault(new LedgerFault(LedgerFaultKind.NeverSent, connection, number, device, time));
            return;
        }

        if (_stored[connection][(int)number]) Fault(LedgerFaultKind.Repeated, connection, number);
        _stored[connection][(int)number] = true;
        bool isBad = _messages.IsBad(number) && _book.Header.Targets[connection % _book.Header.Targets.Count] is not LoadTargetKind.Lines;
        if (isBad || !point.Fields.TryGetValue(AirMessages.Field, out object? value) || value is not double found || found != _messages.ValueOf(number))
            Fault(LedgerFaultKind.Altered, connection, number);
    }

    private void Add(DeadLetter letter)
    {
        // A request of lines is kept whole, good lines and bad: of ours none is bad, and what the store refuses comes line by line.
        if (!_messages.TryFind(letter.Payload.Span, out int connection, out long number)) return;
        _letterCount++;
        if (number >= _stored[connection].Length) Fault(LedgerFaultKind.NeverSent, connection, number);
        else _letters[(connection, number)] = _letters.GetValueOrDefault((connection, number)) + 1;
    }

    private void Compare(int connection, LedgerAccount account)
    {
        for (long number = 0; number < account.Sent; number++)
        {
            bool isStored = _stored[connection][(int)number], isRejected = Has(account.Rejected, number);
            int letters = _letters.GetValueOrDefault((connection, number));
            // A letter has no identity of its own: a message that was sent twice may have left two.
            if ((isStored && letters > 0) || letters > 1 + account.Again.GetValueOrDefault(number)) Fault(LedgerFaultKind.Repeated, connection, number);
            if (letters == 0 && (isRejected || (!isStored && Has(account.Acknowledged, number)))) Fault(LedgerFaultKind.Lost, connection, number);
        }
    }

    private void Fault(LedgerFaultKind kind, int connection, long number)
    {
        (int device, long timeMs) = _numbering.Of(connection, number);
        Fault(new LedgerFault(kind, connection, number, _numbering.DeviceId(device), DateTimeOffset.FromUnixTimeMilliseconds(timeMs)));
    }

    private void Fault(LedgerFault fault)
    {
        long known = _faultCounts.GetValueOrDefault(fault.Kind);
        _faultCounts[fault.Kind] = known + 1;
        if (known < MaxFaults) _faults.Add(fault);
    }

    private static bool Has(BitArray bits, long number) => number < bits.Length && bits[(int)number];

    private static long Count(BitArray bits)
    {
        long count = 0;
        foreach (bool bit in bits)
            if (bit) count++;
        return count;
    }
}
