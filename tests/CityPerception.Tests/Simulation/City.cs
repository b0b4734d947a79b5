using System.Text;
using CityPerception.Simulation;
using CityPerception.TestKit;

namespace CityPerception.Tests.Simulation;

/// <summary>Simulated cities for tests: the shipped devices, a working day, no faults unless a test asks for them.</summary>
internal static class City
{
    /// <summary>Tuesday, 10 o'clock in Changzhi.</summary>
    public static readonly DateTimeOffset Morning = new(2026, 11, 24, 10, 0, 0, TimeSpan.FromHours(8));

    public static string StationsFile { get; } = Path.Combine(Configuration(), "lookups", "stations.csv");

    public static SimulationOptions Options() => new() { StationsFile = StationsFile, Faults = [] };

    public static CityModel Model(SimulationOptions? options = null, DateTimeOffset? start = null) =>
        new(options ?? Options(), Device.ReadAll(StationsFile), start ?? Morning);

    public static IEnumerable<Outgoing> For(this CityModel model, TimeSpan time)
    {
        for (Outgoing next = model.Next(); next.Due < model.Start + time; next = model.Next()) yield return next;
    }

    public static string Text(this Outgoing message) => Encoding.UTF8.GetString(message.Payload.Span);

    public static string Configuration() => RepositoryFolder.Find("ingest-configs");
}
