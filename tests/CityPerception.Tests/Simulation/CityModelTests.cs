using System.Text.Json;
using CityPerception.Simulation;

namespace CityPerception.Tests.Simulation;

public sealed class CityModelTests
{
    [Fact]
    public void Next_SameSeedAndStart_GivesTheSameBytes()
    {
        SimulationOptions options = City.Options();
        options.Faults[SimulationFault.Duplicate] = 0.01;
        options.Faults[SimulationFault.DeadAnalyser] = 0.01;

        Assert.Equal(Record(City.Model(options)), Record(City.Model(options)));
        static List<string> Record(CityModel model) =>
            [.. model.For(TimeSpan.FromSeconds(40)).Select(m => $"{m.Due:O} {m.Source} {m.Topic} {m.Fault} {m.Text()}")];
    }

    [Fact]
    public void Next_OtherSeed_GivesAnotherCity()
    {
        SimulationOptions other = City.Options();
        other.Seed++;

        Assert.NotEqual(
            City.Model().For(TimeSpan.FromSeconds(2)).Select(m => m.Text()),
            City.Model(other).For(TimeSpan.FromSeconds(2)).Select(m => m.Text()));
    }

    [Fact]
    public void Next_WorkingDay_SendsAboutTheRateFromTheFirstSecondInOrder()
    {
        List<Outgoing> minute = [.. City.Model().For(TimeSpan.FromMinutes(5))];

        Assert.InRange(minute.Count / 300.0, 110, 190); // 150 by day; cases begin to close only after some minutes
        Assert.True(minute[0].Due - City.Morning < TimeSpan.FromSeconds(1));
        Assert.Equal(minute.Select(m => m.Due).Order(), minute.Select(m => m.Due));
    }

    [Fact]
    public void Next_Night_OfficesSleepAndDevicesDoNot()
    {
        List<Outgoing> day = [.. City.Model().For(TimeSpan.FromMinutes(2))];
        List<Outgoing> night = [.. City.Model(start: City.Morning.AddHours(-7)).For(TimeSpan.FromMinutes(2))];

        Assert.True(night.Count(m => m.Topic is null) * 3 < day.Count(m => m.Topic is null));
        Assert.InRange(night.Count(m => m.IsTelemetry), day.Count(m => m.IsTelemetry) * 0.95, day.Count(m => m.IsTelemetry) * 1.05);
    }

    [Fact]
    public void Next_WholeCity_EverySourceSendsAndAllJsonParses()
    {
        SimulationOptions options = City.Options();
        options.Rate = 2000; // rare senders come sooner
        foreach (SimulationFault fault in Enum.GetValues<SimulationFault>())
            if (fault is not (SimulationFault.None or SimulationFault.TruncatedJson)) options.Faults[fault] = 0.02;

        var sources = new HashSet<string>();
        foreach (Outgoing message in City.Model(options).For(TimeSpan.FromSeconds(20)))
        {
            sources.Add(message.Source);
            if (message.Source == "telegraf") continue; // line protocol
            string[] documents = message.Source == "hotline-call" ? message.Text().Split('\n', StringSplitOptions.RemoveEmptyEntries) : [message.Text()];
            foreach (string document in documents)
            {
                using JsonDocument json = JsonDocument.Parse(document);
                Assert.NotEqual(JsonValueKind.Null, json.RootElement.ValueKind);
                Assert.DoesNotContain("\\u", document, StringComparison.Ordinal); // Chinese as it is written
            }
        }

        Assert.Equal(
            ["air-station", "approval", "business-tip", "enforcement", "entity", "flood-gauge", "grid-incident", "hotline-call", "hotline-ticket", "indicator",
                "inspection", "lamp", "manhole", "noise-meter", "project", "senml-gateway", "sentiment-post", "telegraf", "water-station", "weather-station"],
            sources.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(SimulationFault.DeadAnalyser, "air-station", "-999")]
    [InlineData(SimulationFault.NotANumber, "air-station", "\"NaN\"")]
    [InlineData(SimulationFault.NumberAsText, "air-station", "\"pm25\":\"")]
    [InlineData(SimulationFault.UnknownCategory, "grid-incident", "其他未分类事项")]
    [InlineData(SimulationFault.LateTwoDays, "grid-incident", "2026-11-22T")]
    public void Next_FaultWithAShare_OccursAsOftenAndShows(SimulationFault fault, string source, string shows)
    {
        SimulationOptions options = City.Options();
        options.Rate = 3000;
        options.Faults[fault] = 0.05;

        List<Outgoing> messages = [.. City.Model(options).For(TimeSpan.FromSeconds(30)).Where(m => m.Source == source)];

        Assert.InRange(messages.Count(m => m.Fault == fault) / (double)messages.Count, 0.035, 0.065);
        Assert.All(messages, m => Assert.Equal(m.Fault == fault, m.Text().Contains(shows, StringComparison.Ordinal)));
    }

    [Fact]
    public void Next_TruncatedJson_DoesNotParse()
    {
        SimulationOptions options = City.Options();
        options.Faults[SimulationFault.TruncatedJson] = 0.2;

        List<Outgoing> broken = [.. City.Model(options).For(TimeSpan.FromSeconds(10)).Where(m => m.Fault is SimulationFault.TruncatedJson)];

        Assert.NotEmpty(broken);
        Assert.All(broken, m => Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse(m.Text()).Dispose()));
    }

    [Fact]
    public void Next_StuckClock_CountsFrom1970()
    {
        SimulationOptions options = City.Options();
        options.Faults[SimulationFault.StuckClock] = 0.2;

        List<Outgoing> stuck = [.. City.Model(options).For(TimeSpan.FromSeconds(60)).Where(m => m.Fault is SimulationFault.StuckClock && m.Source == "air-station")];

        Assert.NotEmpty(stuck);
        Assert.All(stuck, m => Assert.InRange(JsonDocument.Parse(m.Text()).RootElement.GetProperty("ts").GetInt64(), 0, 60_000));
    }

    [Fact]
    public void Next_Duplicate_IsTheSameMessageTwice()
    {
        SimulationOptions options = City.Options();
        options.Faults[SimulationFault.Duplicate] = 0.1;

        List<Outgoing> messages = [.. City.Model(options).For(TimeSpan.FromSeconds(10))];

        List<int> repeats = [.. Enumerable.Range(0, messages.Count).Where(i => messages[i].Fault is SimulationFault.Duplicate)];
        Assert.InRange(repeats.Count / (double)(messages.Count - repeats.Count), 0.07, 0.13);
        Assert.All(repeats, i => Assert.Equal((messages[i - 1].Topic, messages[i - 1].Text()), (messages[i].Topic, messages[i].Text())));
    }

    [Fact]
    public void Thin_FewerThanThereAre_KeepsEveryKind()
    {
        IReadOnlyList<Device> all = Device.ReadAll(City.StationsFile), few = Device.Thin(all, 60);

        Assert.Equal(60, few.Distinct().Count());
        Assert.Equal(all.Select(d => d.Kind).Distinct(), few.Select(d => d.Kind).Distinct());
        Assert.Same(all, Device.Thin(all, all.Count));
    }

    [Fact]
    public void ReadAll_StationsFileMissing_SaysWhichAndWhatToDo()
    {
        var missing = Assert.Throws<InvalidDataException>(() => Device.ReadAll("/nowhere/stations.csv"));
        Assert.Contains("/nowhere/stations.csv", missing.Message, StringComparison.Ordinal);
        Assert.Contains("device,district,grid,category,lat,lon", missing.Message, StringComparison.Ordinal);
    }
}
