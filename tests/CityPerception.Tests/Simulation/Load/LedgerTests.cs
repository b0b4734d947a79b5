using System.Globalization;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Simulation.Load;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Stores;
using CityPerception.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Tests.Simulation.Load;

/// <summary>A ledger against a real store: 2 connections, one of messages and one of lines, 7 devices, 100 messages each.</summary>
public sealed class LedgerTests : IDisposable
{
    private const int Messages = 100, BadEvery = 10;

    private static readonly LedgerHeader Header = new(
        LedgerHeader.CurrentVersion, new LoadNumbering("00beef", Devices: 7, Connections: 2, BeginMs: 1_760_000_000_000), BadEvery, [LoadTargetKind.Mqtt, LoadTargetKind.Lines]);

    private readonly TempFolder _folder = new();
    private readonly AirMessages _messages = new(Header.Numbering, BadEvery);
    private readonly List<DeadLetter> _letters = [];
    private readonly HashSet<(int, long)> _unstored = [];
    private readonly List<string> _moreLines = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbering_EachMessage_HasADeviceAndATimeOfItsOwn()
    {
        var seen = new HashSet<(int, long)>();
        for (int connection = 0; connection < 2; connection++)
        {
            for (long number = 0; number < 1000; number++)
            {
                (int device, long timeMs) = Header.Numbering.Of(connection, number);
                Assert.True(seen.Add((device, timeMs)));
                Assert.True(Header.Numbering.TryFind(Header.Numbering.DeviceId(device), timeMs, out int c, out long n));
                Assert.Equal((connection, number), (c, n));
            }
        }
    }

    [Fact]
    public void Messages_AsJsonAndAsLines_AreAcceptedAsTheSamePointsAndTheBadOnesAreNot()
    {
        for (long number = 0; number < Messages; number++)
        {
            MappingRun run = Ingest.Map(AirMessages.Source, Json(number), null, DateTimeOffset.FromUnixTimeMilliseconds(Header.Numbering.BeginMs).AddDays(1));
            Assert.Equal(_messages.IsBad(number) ? 0 : 1, run.Lines.LineCount);
            if (_messages.IsBad(number)) continue;
            var mapped = new LineProtocolReader(run.Lines.Written);
            var line = new LineProtocolReader(Encoding.UTF8.GetBytes(Line(0, number)));
            Assert.Equal(ReadPoint(ref line), ReadPoint(ref mapped));
        }
    }

    [Fact]
    public async Task Check_EverythingInItsPlace_Holds()
    {
        _unstored.Add((1, 99)); // sent and not acknowledged: it may be there or not
        LedgerVerdict verdict = await CheckAsync();
        Assert.True(verdict.Holds, string.Join(", ", verdict.Faults));
        Assert.Equal((200, 189, 10, 189, 10), (verdict.Sent, verdict.Acknowledged, verdict.Rejected, verdict.Stored, verdict.DeadLetters));
    }

    [Fact]
    public async Task Check_MessageNeitherStoredNorALetter_IsLost()
    {
        _unstored.Add((1, 42));
        LedgerFault fault = Assert.Single((await CheckAsync()).Faults);
        (int device, long timeMs) = Header.Numbering.Of(1, 42);
        Assert.Equal(new LedgerFault(LedgerFaultKind.Lost, 1, 42, Header.Numbering.DeviceId(device), DateTimeOffset.FromUnixTimeMilliseconds(timeMs)), fault);
    }

    [Fact]
    public async Task Check_RejectedMessageWithoutALetter_IsLost()
    {
        LedgerVerdict verdict = await CheckAsync(withLetters: false);
        Assert.Equal(KeyValuePair.Create(LedgerFaultKind.Lost, 10L), Assert.Single(verdict.FaultCounts));
    }

    [Fact]
    public async Task Check_TwoPointsOfOneMessage_AreARepetition()
    {
        _moreLines.Add(Line(0, 5).Replace("district=140400", "district=140402", StringComparison.Ordinal));
        Assert.Equal((LedgerFaultKind.Repeated, 0, 5L), Place(Assert.Single((await CheckAsync()).Faults)));
    }

    [Fact]
    public async Task Check_MoreLettersThanTimesSent_AreARepetition()
    {
        // 9 was sent once, 19 twice.
        _letters.AddRange(Letter(9), Letter(19));
        Assert.Equal((LedgerFaultKind.Repeated, 0, 9L), Place(Assert.Single((await CheckAsync("t 0 19 1")).Faults)));
    }

    [Fact]
    public async Task Check_PointThatWasNeverSent_IsFound()
    {
        _moreLines.Add(Line(1, 100));
        Assert.Equal((LedgerFaultKind.NeverSent, 1, 100L), Place(Assert.Single((await CheckAsync()).Faults)));
    }

    [Fact]
    public async Task Check_PointWithAnotherValue_IsAltered()
    {
        _unstored.Add((1, 3));
        _moreLines.Add(Line(1, 3).Replace("pm25=", "pm25=1", StringComparison.Ordinal));
        Assert.Equal((LedgerFaultKind.Altered, 1, 3L), Place(Assert.Single((await CheckAsync()).Faults)));
    }

    [Fact]
    public async Task Read_ClientWasKilledWithinALine_ReadsTheLinesBefore()
    {
        string file = await WriteLedgerAsync();
        await File.AppendAllTextAsync(file, "a 0 9", Ct);
        Assert.Equal(Messages, LedgerBook.Read(file).Accounts[0].Sent);
    }

    [Theory]
    [InlineData("a 2 0 1")]
    [InlineData("a 0 -1 1")]
    [InlineData("z 0 1")]
    [InlineData("")]
    public async Task Read_LineThatIsNone_SaysWhere(string line)
    {
        string file = await WriteLedgerAsync(line);
        Assert.Contains($"ledger:{File.ReadLines(file).Count()}: '{line}'", Assert.Throws<InvalidDataException>(() => LedgerBook.Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherFile_SaysThatItIsNoLedger()
    {
        string file = RepositoryFolder.Find("README.md");
        Assert.Contains("no ledger", Assert.Throws<InvalidDataException>(() => LedgerBook.Read(file)).Message, StringComparison.Ordinal);
    }

    private static (LedgerFaultKind, int, long) Place(LedgerFault fault) => (fault.Kind, fault.Connection, fault.Number);

    private async Task<LedgerVerdict> CheckAsync(string? moreOfTheLedger = null, bool withLetters = true)
    {
        string file = await WriteLedgerAsync(moreOfTheLedger);
        var options = new StoreOptions();
        options.DuckDb.Path = _folder.File("store.duckdb");
        await using IStore store = Stores.Create(options, () => Ingest.Plan.Measurements, NullLoggerFactory.Instance, TimeProvider.System);
        await store.WriteAsync(
            Lines.Of(All().Where(m => !_unstored.Contains(m) && (m.Connection == 1 || !_messages.IsBad(m.Number))).Select(m => Line(m.Connection, m.Number)).Concat(_moreLines).Select(l => l.TrimEnd())), Ct);
        if (withLetters) _letters.AddRange(All().Where(m => m.Connection == 0 && _messages.IsBad(m.Number)).Select(m => Letter(m.Number)));
        return await new LedgerCheck(LedgerBook.Read(file)).RunAsync(store, _letters, Ct);
    }

    private async Task<string> WriteLedgerAsync(string? more = null)
    {
        string file = _folder.File("ledger");
        await using (Ledger ledger = Ledger.Create(file, Header, TimeProvider.System))
        {
            foreach ((int connection, long number) in All())
            {
                ledger.Page(connection).Sending(number);
                if (connection == 0 && _messages.IsBad(number)) ledger.Page(connection).Rejected(number);
                else if ((connection, number) != (1, 99)) ledger.Page(connection).Acknowledged(number);
            }
        }

        if (more is not null) await File.AppendAllTextAsync(file, more + "\n", Ct);
        return file;
    }

    private static IEnumerable<(int Connection, long Number)> All() => Enumerable.Range(0, 2).SelectMany(c => Enumerable.Range(0, Messages).Select(n => (c, (long)n)));

    private byte[] Json(long number)
    {
        byte[] bytes = new byte[AirMessages.MaxBytes];
        return bytes[.._messages.WriteJson(bytes, 0, number)];
    }

    private string Line(int connection, long number)
    {
        byte[] bytes = new byte[AirMessages.MaxBytes];
        return Encoding.UTF8.GetString(bytes, 0, _messages.WriteLine(bytes, connection, number));
    }

    private DeadLetter Letter(long number) => DeadLetter.Create(
        DeadLetterKind.Message, AirMessages.Source, "mqtt", null, DateTimeOffset.UnixEpoch, [new Rejection(RejectionReason.TypeMismatch, 0, "$.data.pm25", "")], Json(number));

    private static string ReadPoint(ref LineProtocolReader reader)
    {
        string device = "", value = "";
        Assert.True(reader.NextLine());
        string measurement = reader.Measurement.ToString();
        while (reader.NextTag())
            if (reader.Key.ToString() == "device") device = reader.Value.ToString();
        while (reader.NextField())
            if (reader.Key.ToString() == AirMessages.Field && reader.TryGetDouble(out double number)) value = number.ToString(CultureInfo.InvariantCulture);
        return $"{measurement} {device} {value} {reader.Time}";
    }
}
