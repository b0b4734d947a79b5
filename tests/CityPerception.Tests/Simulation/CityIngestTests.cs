using System.Globalization;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Simulation;

namespace CityPerception.Tests.Simulation;

/// <summary>The shipped sources understand everything that the simulated city sends, and refuse what is wrong with it.</summary>
public sealed class CityIngestTests
{
    [Fact]
    public void Map_CityWithoutFaults_IsTakenWholeWithItsOwnTimes()
    {
        SimulationOptions options = City.Options();
        options.Rate = 1500;
        options.Speed = 20_000; // cases close within seconds: every state of every kind is seen
        var measurements = new HashSet<string>();

        foreach (Outgoing message in City.Model(options).For(TimeSpan.FromSeconds(30)))
        {
            // Received a minute later: a point at that time would have lost its own.
            MappingRun run = Ingest.Map(message.Source, message.Payload.Span, message.Topic, message.Due.AddMinutes(1));
            Assert.True(run.RejectedCount == 0, $"{message.Source}: {Ingest.Describe(run)}\n{message.Text()}");
            foreach (string line in Ingest.LinesOf(run))
            {
                measurements.Add(line[..line.IndexOf(',', StringComparison.Ordinal)]);
                long ns = long.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture);
                Assert.True(ns < message.Due.AddSeconds(1).ToUnixNs(), $"{message.Source} has the time of arrival: {line}");
            }
        }

        Assert.Equal(
            ["air_quality", "approval", "business_tip", "case_event", "device_status", "enforcement", "entity", "flood", "hotline_call", "hotline_ticket", "incident",
                "indicator", "inspection", "lamp", "manhole", "noise", "project", "sentiment", "water_quality", "weather"],
            measurements.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(SimulationFault.StuckClock, RejectionReason.TimeTooOld)]
    [InlineData(SimulationFault.UnknownCategory, RejectionReason.LookupMissing, RejectionReason.TagValueInvalid)]
    [InlineData(SimulationFault.TruncatedJson, RejectionReason.SyntaxInvalid, RejectionReason.TextEncodingInvalid)] // cut within a character
    [InlineData(SimulationFault.NotANumber, RejectionReason.NumberInvalid, RejectionReason.TypeMismatch)] // where it is calculated with
    public void Map_MessageWithTheFault_IsRejectedForIt(SimulationFault fault, params RejectionReason[] reasons)
    {
        foreach (Outgoing message in WithFault(fault))
        {
            MappingRun run = message.Map();
            Assert.True(run.RejectedCount > 0, $"{message.Source} took: {message.Text()}");
            Assert.All(run.Rejections, r => Assert.Contains(r.Reason, reasons));
        }
    }

    [Theory]
    [InlineData(SimulationFault.NumberAsText)]
    [InlineData(SimulationFault.LateTwoDays)]
    [InlineData(SimulationFault.Duplicate)]
    public void Map_HarmlessFault_IsTaken(SimulationFault fault)
    {
        foreach (Outgoing message in WithFault(fault))
        {
            MappingRun run = message.Map();
            Assert.True(run.RejectedCount == 0, $"{message.Source}: {Ingest.Describe(run)}\n{message.Text()}");
        }
    }

    [Fact]
    public void Map_DeadAnalyser_StoresNoMinus999()
    {
        foreach (Outgoing message in WithFault(SimulationFault.DeadAnalyser))
            Assert.All(Ingest.LinesOf(message.Map()), line => Assert.DoesNotContain("-999", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Map_TicketExportedAgain_RepeatsItsPointsToTheNanosecond()
    {
        SimulationOptions options = City.Options();
        options.Speed = 20_000;
        options.MqttHost = null;
        List<string[]> rows = [.. City.Model(options).For(TimeSpan.FromSeconds(60)).Where(m => m.Source == "hotline-ticket")
            .GroupBy(m => m.Sender).First(t => t.Count() == 5).Select(m => Ingest.LinesOf(m.Map()))];

        Assert.Equal([2, 4, 6, 8, 10], rows.Select(r => r.Length)); // a ticket point and a case event for each state reached
        for (int i = 1; i < rows.Count; i++) Assert.Subset(rows[i].ToHashSet(), rows[i - 1].ToHashSet());
    }

    private static List<Outgoing> WithFault(SimulationFault fault)
    {
        SimulationOptions options = City.Options();
        options.Rate = 600;
        options.Faults[fault] = 0.1;
        List<Outgoing> messages = [.. City.Model(options).For(TimeSpan.FromSeconds(10)).Where(m => m.Fault == fault)];
        Assert.NotEmpty(messages);
        return messages;
    }
}
