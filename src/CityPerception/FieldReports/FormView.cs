using CityPerception.Core.Cities;
using CityPerception.Core.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.Sources.Open311;

namespace CityPerception.FieldReports;

/// <summary>What the form offers; the phone keeps it for when it has no network.</summary>
/// <param name="Groups">The category tree.</param>
/// <param name="Districts">To choose one from.</param>
/// <param name="Bounds">Positions beyond are not taken.</param>
internal sealed record FormView(IReadOnlyList<GroupView> Groups, IReadOnlyList<DistrictView> Districts, GeoBounds Bounds)
{
    public static FormView Of(IngestPlan plan) => new(
        [.. ServiceCatalog.Of(plan).GroupBy(s => s.Code.Split('.')[0]).Select(g => new GroupView(Text.Of(g.First().Group), [.. g.Select(CategoryView.Of)]))],
        [.. plan.City.Districts.Select(d => new DistrictView(d.Code, Text.Of(d.Names), d.Latitude, d.Longitude))],
        plan.City.Bounds);
}

/// <summary>A text in both languages.</summary>
/// <param name="Zh">Chinese.</param>
/// <param name="En">English.</param>
internal sealed record Text(string Zh, string En)
{
    public static Text Of(Names names) => new(names.Zh, names.En);
}

/// <summary>Categories that belong together: components (部件) or events (事件) of GB/T 30428.2.</summary>
/// <param name="Name">What they are called together.</param>
/// <param name="Categories">They.</param>
internal sealed record GroupView(Text Name, IReadOnlyList<CategoryView> Categories);

/// <summary>A category.</summary>
/// <param name="Code">As the tag <c>category</c> of <c>incident</c> has it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Description">What belongs to it.</param>
internal sealed record CategoryView(string Code, Text Name, Text Description)
{
    public static CategoryView Of(ServiceType service) => new(service.Code, Text.Of(service.Names), Text.Of(service.Description));
}

/// <summary>A district.</summary>
/// <param name="Code">GB/T 2260.</param>
/// <param name="Name">Its name.</param>
/// <param name="Latitude">Of the seat of its government: to propose the nearest.</param>
/// <param name="Longitude">See above.</param>
internal sealed record DistrictView(string Code, Text Name, double Latitude, double Longitude);
