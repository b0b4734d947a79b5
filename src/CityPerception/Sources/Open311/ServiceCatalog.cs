using CityPerception.Core.Configuration;
using CityPerception.Core.Lookups;
using CityPerception.Core.Mapping;
using CityPerception.Core.Schema;

namespace CityPerception.Sources.Open311;

/// <summary>A kind of report that residents can make.</summary>
/// <param name="Code">The category of <c>incident</c> that it becomes.</param>
/// <param name="Names">Its names.</param>
/// <param name="Description">What belongs to it.</param>
/// <param name="Group">What it is shown under.</param>
/// <param name="Keywords">Other words for it, with commas between them.</param>
/// <param name="Attributes">What else is asked, in the order in which it is.</param>
internal sealed record ServiceType(string Code, Names Names, Names Description, Names Group, string Keywords, IReadOnlyList<ServiceAttribute> Attributes);

/// <summary>One question of a kind of report.</summary>
/// <param name="Code">As in <c>attribute[CODE]</c>.</param>
/// <param name="Datatype">string, number, datetime, text, singlevaluelist or multivaluelist.</param>
/// <param name="Required">Whether it must be answered.</param>
/// <param name="Order">Its place.</param>
/// <param name="Description">The question.</param>
/// <param name="Hint">How to answer it.</param>
/// <param name="Values">The answers of a list; the Chinese name is what is sent.</param>
internal sealed record ServiceAttribute(string Code, string Datatype, bool Required, int Order, Names Description, Names Hint, IReadOnlyList<Names> Values)
{
    public bool IsList => Datatype is "singlevaluelist" or "multivaluelist";
}

/// <summary>
/// The kinds of report: the categories that measurements.yaml allows an <c>incident</c>, so that what is offered is what
/// the mapping takes. <c>lookups/open311-services.csv</c> and <c>open311-attributes.csv</c> say more about them.
/// </summary>
internal static class ServiceCatalog
{
    public const string ServicesTable = "open311-services", AttributesTable = "open311-attributes";

    public static IReadOnlyList<ServiceType> Of(IngestPlan plan)
    {
        if (plan.Measurements.ByName.GetValueOrDefault("incident")?.FindTag("category") is not { } category) return [];
        ILookup<string, ServiceAttribute> attributes = AttributesOf(plan).ToLookup(a => a.Service, a => a.Attribute);
        LookupTable? services = plan.Lookups.GetValueOrDefault(ServicesTable);
        return [.. category.Values.Select(code => Service(code, category, services, attributes))];
    }

    private static ServiceType Service(string code, TagSchema category, LookupTable? services, ILookup<string, ServiceAttribute> attributes)
    {
        LookupRow? row = services?.Find(System.Text.Encoding.UTF8.GetBytes(code));
        Names names = Pair(row, "name") is { Zh.Length: > 0, En.Length: > 0 } own ? own : category.ValueNames.GetValueOrDefault(code) ?? new Names(code, code);
        return new ServiceType(
            code, names, Pair(row, "description"), Pair(row, "group"), row?.Get("keywords") ?? "", [.. attributes[code].OrderBy(a => a.Order)]);
    }

    private static IEnumerable<(string Service, ServiceAttribute Attribute)> AttributesOf(IngestPlan plan)
    {
        if (!plan.Lookups.TryGetValue(AttributesTable, out LookupTable? table)) yield break;
        foreach (LookupRow row in table.Rows)
        {
            if (row.Get("attribute").Split('/') is not [var service, var code]) continue;
            IReadOnlyList<Names> values = [.. row.Get("values").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(v => v.Split('|')).Select(v => new Names(v[0], v[^1]))];
            int order = int.TryParse(row.Get("order"), System.Globalization.CultureInfo.InvariantCulture, out int given) ? given : 1;
            yield return (service, new ServiceAttribute(code, row.Get("datatype"), row.Get("required") == "true", order, Pair(row, "description"), Pair(row, "hint"), values));
        }
    }

    private static Names Pair(LookupRow? row, string column) => new(row?.Get(column + "_zh") ?? "", row?.Get(column + "_en") ?? "");
}
