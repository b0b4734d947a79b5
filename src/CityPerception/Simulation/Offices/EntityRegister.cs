using System.Globalization;

namespace CityPerception.Simulation.Offices;

/// <summary>The market register: how many companies, sole traders and farm co-operatives opened and closed, by district.</summary>
internal sealed class EntityRegister(CityModel city)
    : Office(city, "entity register", share: 0.002, messagesAnAct: 1, Rhythm.Office)
{
    private static readonly (string Kind, int Opened, int Closed)[] Kinds = [("企业", 5, 3), ("个体", 14, 10), ("农专", 2, 2)];

    protected override void Send(CityModel city, DateTimeOffset now)
    {
        Draft draft = city.Begin(now, FaultScope.Plain);
        draft.Json.WriteStartObject();
        draft.Json.WriteString("as_of", Rhythm.Local(draft.Time).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
        draft.Json.WriteStartArray("rows");
        foreach (string district in Places.ByPopulation.Distinct())
        {
            draft.Json.WriteStartObject();
            draft.Json.WriteString("county", Places.NameOf(district));
            draft.Json.WriteStartObject("counts");
            foreach ((string kind, int opened, int closed) in Kinds)
            {
                draft.Json.WriteStartObject(kind);
                draft.Json.WriteNumber("opened", Random.Next(opened + 1));
                draft.Json.WriteNumber("closed", Random.Next(closed + 1));
                draft.Json.WriteEndObject();
            }

            draft.Json.WriteEndObject();
            draft.Json.WriteEndObject();
        }

        draft.Json.WriteEndArray();
        draft.Json.WriteEndObject();
        city.Post("entity", "entity register", draft);
    }
}
