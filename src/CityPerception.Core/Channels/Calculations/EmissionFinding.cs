using CityPerception.Core.Cities;
using CityPerception.Core.Standards;

namespace CityPerception.Core.Channels.Calculations;

/// <summary>An item of an outlet in an hour that counts, against the permit.</summary>
/// <param name="Hour">Its start.</param>
/// <param name="Site">The outlet.</param>
/// <param name="Item">so2, cod …</param>
/// <param name="IsExceeded">Whether the mean exceeds the limit.</param>
/// <param name="Multiple">(C − S)/S.</param>
internal readonly record struct EmissionFinding(DateTimeOffset Hour, Site Site, string Item, bool IsExceeded, double Multiple)
{
    private static readonly string[] Gases = ["so2", "nox", "dust", "nmhc"];

    /// <summary>
    /// Hours of stacks (converted where that is sent, HJ 75-2017) or of waste water. The mean of waste water is weighted by its flow
    /// (HJ 212-2017, D.1.2.3), which only the logger knows: hours that it did not send are none.
    /// </summary>
    public static Task<IReadOnlyList<EmissionFinding>> ReadAsync(CalculationScope scope, bool isGas, CancellationToken cancellationToken) =>
        scope.OnceAsync(isGas ? "stacks" : "waste water", () => ComputeAsync(scope, isGas, cancellationToken));

    private static async Task<IReadOnlyList<EmissionFinding>> ComputeAsync(CalculationScope scope, bool isGas, CancellationToken cancellationToken)
    {
        string[] items = isGas ? Gases : [.. SiteLimits.Items.Except(Gases)];
        string[] fields = isGas ? [.. items, .. items.Select(static i => i + "_zs")] : items;
        TimeSpan slot = TimeSpan.FromMinutes(5);
        int slots = isGas ? Emissions.MinutesOfHour / (int)slot.TotalMinutes : int.MaxValue;
        var hours = await new SiteHours(scope, isGas ? "emission" : "discharge").ReadAsync(fields, scope.From, scope.To, slot, slots, cancellationToken);
        List<EmissionFinding> findings = [];
        foreach (((Site site, DateTimeOffset hour), double[] means) in hours)
        {
            for (int i = 0; i < items.Length; i++)
            {
                double mean = isGas && !double.IsNaN(means[i + items.Length]) ? means[i + items.Length] : means[i];
                if (!double.IsNaN(mean) && scope.City.Sites.PermitOf(site.Device, items[i]) is { } limit)
                    findings.Add(new EmissionFinding(hour, site, items[i], Emissions.IsExceeded(mean, limit), Emissions.Multiple(mean, limit)));
            }
        }

        return findings;
    }
}
