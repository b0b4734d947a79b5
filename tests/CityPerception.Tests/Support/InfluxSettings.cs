using CityPerception.TestKit.Servers;

namespace CityPerception.Tests.Support;

/// <summary>The settings that make an InfluxDB the store: the password as operators should give it, by the environment.</summary>
internal static class InfluxSettings
{
    /// <summary>Also asks the dispatcher to look every half second whether a server that was away is back.</summary>
    public static (string[] Set, (string Name, string Value)[] Environment) Of(InfluxServer influx, string database, string? password = null) => (
        [
            "Store:Kind=influxdb", $"Store:Influx:Url={influx.Url.GetLeftPart(UriPartial.Authority)}", $"Store:Influx:Database={database}", $"Store:Influx:User={influx.User}",
            "Dispatch:MaxRetryDelay=00:00:00.500", "Dispatch:BreakDuration=00:00:00.500",
        ],
        [("CITYPERCEPTION_Store__Influx__Password", password ?? influx.Password)]);
}
