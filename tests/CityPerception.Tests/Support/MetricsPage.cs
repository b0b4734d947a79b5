using System.Globalization;

namespace CityPerception.Tests.Support;

/// <summary>What /metrics shows.</summary>
internal static class MetricsPage
{
    /// <summary>A metric by the beginning of its name and what its labels contain: the sum of all that match, 0 for none.</summary>
    public static async Task<double> SumAsync(HttpClient http, string name, params string[] labels)
    {
        string page = await http.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        return page.Split('\n')
            .Where(line => line.StartsWith(name, StringComparison.Ordinal) && labels.All(label => line.Contains(label, StringComparison.Ordinal)))
            .Sum(line => double.Parse(line[(line.IndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));
    }
}
