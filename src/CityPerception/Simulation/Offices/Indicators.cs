namespace CityPerception.Simulation.Offices;

/// <summary>Economic indicators as the statistics, tax and power bulletins give them: value, growth and target in one table.</summary>
internal sealed class Indicators(CityModel city)
    : Office(city, "indicators", share: 0.001, messagesAnAct: 1, t => 0.3 + 0.7 * Rhythm.Office(t))
{
    private static readonly (string Name, double Value, double Target)[] Series =
    [
        ("地区生产总值", 2180, 5.5), ("规上工业增加值", 1030, 6), ("固定资产投资", 860, 7), ("社会消费品零售总额", 690, 6),
        ("一般公共预算收入", 245, 4), ("全社会用电量", 312, 5), ("金融机构贷款余额", 2450, 8),
    ];

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        Draft draft = city.Begin(now, FaultScope.Record);
        draft.Json.WriteStartObject();
        draft.Json.WriteString("published", draft.Time.UtcDateTime);
        draft.Json.WriteStartArray("table");
        foreach ((string name, double value, double target) in Series)
        {
            double growth = target + 3 * Seeds.Noise(Seeds.Hash(city.Options.Seed, name), (now - DateTimeOffset.UnixEpoch).TotalDays / 30);
            draft.Json.WriteStartArray();
            if (draft.Fault is SimulationFault.UnknownCategory) draft.Json.WriteStringValue("其他指标");
            else draft.Json.WriteStringValue(name);
            draft.Json.WriteNumberValue(Math.Round(value * (1 + growth / 100), 1));
            draft.Json.WriteNumberValue(Math.Round(growth, 1));
            draft.Json.WriteNumberValue(target);
            draft.Json.WriteEndArray();
        }

        draft.Json.WriteEndArray();
        draft.Json.WriteEndObject();
        city.Post("indicator", "indicators", draft);
    }
}
