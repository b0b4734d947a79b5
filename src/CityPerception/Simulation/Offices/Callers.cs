using System.Globalization;

namespace CityPerception.Simulation.Offices;

/// <summary>
/// Tickets of the 12345 hotline as its system exports them: the same row again at every change, with one more column
/// filled, local times, names in Chinese, and now and then a telephone number in the text.
/// </summary>
internal sealed class Callers(CityModel city, IReadOnlyList<Place> places)
    : Office(city, "callers", share: 0.04, messagesAnAct: 5, Rhythm.People)
{
    private static readonly string[] Kinds = ["咨询", "求助", "投诉", "投诉", "举报", "建议"], Ways = ["电话", "电话", "电话", "微信", "网站", "APP"];
    private static readonly string[] Marks = ["非常满意", "非常满意", "非常满意", "满意", "满意", "满意", "基本满意", "不满意", "未评价"];

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        CityTopic topic = Pick(CityTopic.Calls);
        Open(city, now, topic, topic.SubType == "表扬建议" ? "表扬" : Pick(Kinds), Pick(places), Random);
    }

    public static void Open(CityModel city, DateTimeOffset now, CityTopic topic, string kind, Place place, Random random)
    {
        List<CaseStep> steps = CaseLife.Request(random, topic.LimitHours);
        string text = topic.Say(place.Name, random);
        // Digits that no operator gives out: enough to see that they are masked before they are stored.
        if (random.Next(6) == 0) text += $"联系电话1990000{random.Next(10_000):0000}。";
        var ticket = new Ticket(
            city.NewId("CZ", now), topic, kind, Ways[random.Next(Ways.Length)], text, place,
            Places.NameOnForm(place.District, random), now, steps, Solved: random.Next(8) > 0, Mark: Marks[random.Next(Marks.Length)]);
        OpenCase.Begin(city, now, steps, ticket.Write);
    }

    private sealed record Ticket(
        string Id, CityTopic Topic, string Kind, string Way, string Text, Place Place, string District, DateTimeOffset Born,
        IReadOnlyList<CaseStep> Steps, bool Solved, string Mark)
    {
        public void Write(CityModel city, DateTimeOffset now, int reached)
        {
            Draft draft = city.Begin(now, FaultScope.Record);
            draft.Json.WriteStartObject();
            draft.Json.WriteString("工单编号", Id);
            draft.Json.WriteString("来电时间", Local(draft, Born));
            draft.Json.WriteString("来电渠道", Way);
            draft.Json.WriteString("诉求类型", Kind);
            draft.Category("诉求分类", Topic.SubType);
            draft.Json.WriteString("内容", Text);
            draft.Json.WriteString("事发区县", District);
            draft.Json.WriteString("网格", Place.Grid);
            draft.Json.WriteString("事发地址", Place.Name);
            if (Way is "微信" or "APP") Position(draft);
            draft.Json.WriteString("承办单位", Topic.Unit);
            draft.Json.WriteNumber("办结时限", draft.At(Born + city.Scaled(TimeSpan.FromHours(Topic.LimitHours))).ToUnixTimeSeconds());
            for (int i = 1; i <= reached; i++) Step(city, draft, Steps[i]);
            draft.Json.WriteEndObject();
            city.Post("hotline-ticket", Id, draft);
        }

        private void Step(CityModel city, Draft draft, CaseStep step)
        {
            string time = Local(draft, Born + city.Scaled(TimeSpan.FromHours(step.Hours)));
            double hours = Math.Round(step.Hours, 2);
            switch (step.State)
            {
                case "dispatched":
                    draft.Json.WriteString("派单时间", time);
                    draft.Json.WriteNumber("派单用时", hours);
                    break;
                case "signed":
                    draft.Json.WriteString("首次联系时间", time);
                    draft.Json.WriteNumber("联系用时", hours);
                    break;
                case "disposed":
                    draft.Json.WriteString("处理时间", time);
                    draft.Json.WriteNumber("处理用时", hours);
                    draft.Json.WriteString("处理超期", step.Hours > Topic.LimitHours ? "是" : "否");
                    break;
                case "closed":
                    draft.Json.WriteString("办结时间", time);
                    draft.Json.WriteNumber("办结用时", hours);
                    draft.Json.WriteString("是否解决", Solved ? "是" : "否");
                    draft.Json.WriteString("满意度", Mark);
                    draft.Json.WriteString("是否超期", step.Hours > Topic.LimitHours ? "是" : "否");
                    break;
            }
        }

        // A telephone knows where it is, in the coordinates of its map.
        private void Position(Draft draft)
        {
            (double lat, double lon) = Gcj02.FromWgs84(Place.Lat, Place.Lon);
            draft.Json.WriteString("经度", lon.ToString("0.000000", CultureInfo.InvariantCulture));
            draft.Json.WriteString("纬度", lat.ToString("0.000000", CultureInfo.InvariantCulture));
        }

        private static string Local(Draft draft, DateTimeOffset time) =>
            Rhythm.Local(draft.At(time)).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
    }
}
