using CityPerception.Core.Queries;

namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>Says in words what stands between us and the server, and what to do about it. Never shows credentials.</summary>
internal static class InfluxFailure
{
    public static StoreUnavailableException Unavailable(InfluxReply reply, InfluxOptions options, InfluxVersion? version, Exception? inner = null)
    {
        string what = reply.Status switch
        {
            0 => $"{options.Url} cannot be reached ({reply.Message}); check that the server runs and Store:Influx:Url is right",
            401 => $"{options.Url} does not know our credentials (401, {reply.Message}); set {Credentials(version)}",
            403 => $"{options.Url} forbids it (403, {reply.Message}); {Rights(options, version)}",
            404 => NotFound(reply, options, version),
            >= 300 and < 400 => $"{options.Url} answers {reply.Status}, which points elsewhere; set Store:Influx:Url to the address it points to",
            429 or 503 => $"{options.Url} is overloaded ({reply.Status}, {reply.Message}); it gets the batch again later",
            >= 500 => $"{options.Url} failed ({reply.Status}, {reply.Message}); see the server's log",
            _ when !reply.FromInflux => $"{options.Url} answers {reply.Status} in a form that is not InfluxDB's ({reply.Message}); check what listens at Store:Influx:Url",
            _ => $"{options.Url} answers {reply.Status}: {reply.Message}",
        };
        return new StoreUnavailableException(InfluxStore.StoreName, what + ".", inner, reply.RetryAfter);
    }

    private static string NotFound(InfluxReply reply, InfluxOptions options, InfluxVersion? version) => version switch
    {
        InfluxVersion.V1 when reply.FromInflux =>
            $"the database '{options.Database}' does not exist at {options.Url} (404, {reply.Message}); create it with CREATE DATABASE, or give an account that may",
        InfluxVersion.V2 when reply.FromInflux =>
            $"{options.Url} has no bucket '{options.Database}' in organization '{options.Org}', or no DBRP mapping for it (404, {reply.Message}); "
            + $"create them: influx bucket create -n NAME, then influx v1 dbrp create --db NAME --rp autogen --default --bucket-id ID",
        _ => $"{options.Url} answers 404 ({reply.Message}); check Store:Influx:Url and Store:Influx:Version",
    };

    private static string Credentials(InfluxVersion? version) => version switch
    {
        InfluxVersion.V1 => "Store:Influx:User and Store:Influx:Password (or PasswordFile)",
        InfluxVersion.V2 or InfluxVersion.V3 => "Store:Influx:Token (or TokenFile)",
        _ => "Store:Influx:User and Password (1.x) or Store:Influx:Token (2.x, 3.x)",
    };

    private static string Rights(InfluxOptions options, InfluxVersion? version) => version switch
    {
        InfluxVersion.V1 => $"grant the account its rights: GRANT ALL ON \"{options.Database}\" TO the user",
        _ => $"give a token that may read and write '{options.Database}'",
    };
}
