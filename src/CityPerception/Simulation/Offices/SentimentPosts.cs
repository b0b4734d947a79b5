namespace CityPerception.Simulation.Offices;

/// <summary>A media monitor: batches of public posts about the city, an array in one message, already scored.</summary>
internal sealed class SentimentPosts(CityModel city)
    : Office(city, "sentiment posts", share: 0.02, messagesAnAct: 1, Rhythm.People)
{
    private const int LongestBatch = 12;

    private static readonly string[] Sites = ["微博", "微信", "微信", "论坛", "新闻", "短视频"];

    private static readonly (string Id, string Name, string Field, double Mood)[] Topics =
    [
        ("t-heating", "供暖温度", "供热", -0.4),
        ("t-traffic", "英雄中路堵车", "交通", -0.3),
        ("t-park", "漳泽湖湿地公园", "其他", 0.7),
        ("t-school", "学区划分", "教育", -0.2),
        ("t-hospital", "市人民医院挂号", "医疗", -0.1),
        ("t-food", "长治驴肉火烧", "其他", 0.6),
        ("t-air", "雾霾天", "环境", -0.5),
        ("t-bus", "公交新线路", "交通", 0.4),
        ("t-service", "一窗通办", "政务服务", 0.5),
        ("t-noise", "夜间施工", "环境", -0.7),
    ];

    private long _number;

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        Draft draft = city.Begin(now, FaultScope.Record);
        draft.Json.WriteStartArray();
        for (int left = Random.Next(3, LongestBatch + 1); left > 0; left--) Post(draft, now.AddSeconds(-2 * left - Random.NextDouble()));
        draft.Json.WriteEndArray();
        city.Post("sentiment-post", "media monitor", draft);
    }

    private void Post(Draft draft, DateTimeOffset at)
    {
        (string id, string name, string field, double mood) = Pick(Topics);
        double score = Math.Clamp(mood + 0.9 * (Random.NextDouble() + Random.NextDouble() - 1), -1, 1);
        draft.Json.WriteStartObject();
        draft.Json.WriteString("id", $"{at.ToUnixTimeMilliseconds()}-{++_number}");
        draft.Json.WriteString("site", Pick(Sites));
        draft.Json.WriteNumber("at", draft.At(at).ToUnixTimeMilliseconds() / 1000m);
        draft.Json.WriteString("place", Places.NameOf(Pick(Places.ByPopulation)));
        draft.Category("field", field);
        draft.Json.WriteStartObject("topic");
        draft.Json.WriteString("id", id);
        draft.Json.WriteString("name", name);
        draft.Json.WriteEndObject();
        draft.Json.WriteNumber("score", Math.Round(score, 2));
        draft.Json.WriteNumber("reach", (long)Math.Exp(2 + 8 * Math.Pow(Random.NextDouble(), 3)));
        draft.Json.WriteEndObject();
    }
}
