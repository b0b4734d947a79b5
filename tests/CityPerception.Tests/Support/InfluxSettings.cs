using CityPerception.TestKit.Servers;

namespace CityPerception.Tests.Support;

/// <summary>The settings that make an InfluxDB the store: the password as operators should give it, by the environment.</summary>
internal static class InfluxSettings
{
    /// <summary>Also asks the dispatcher to look every half second whether a server that was away is back.</summary>
    /// <param name="influx">The server.</param>
    /// <param name="database">The database.</param>
    /// <param name="password">Another one than the server's.</param>
    /// <param name="port">Of what stands before the server.</param>
    public static (string[] Set, (string Name, string Value)[] Environment) Of(InfluxServer influx, string database, string? password = null, int? port = null) => (
        [
            "Store:Kind=influxdb", $"Store:Influx:Url={(port is null ? influx.Url.GetLeftPart(UriPartial.Authority) : $"http://127.0.0.1:{port}")}", $"Store:Influx:Database={database}", $"Store:Influx:User={influx.User}",
            "Dispatch:MaxRetryDelay=00:00:00.500", "Dispatch:BreakDuration=00:00:00.500",
        ],
        [("CITYPERCEPTION_Store__Influx__Password", password ?? influx.Password)]);
}
