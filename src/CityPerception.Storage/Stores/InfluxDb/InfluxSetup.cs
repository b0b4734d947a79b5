using System.Net;
using System.Text.Json;
using CityPerception.Core.Queries;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>Finds out what the server is and sees that the database is there and ours to use.</summary>
internal sealed class InfluxSetup(InfluxClient client, InfluxOptions options, ILogger logger)
{
    /// <exception cref="StoreUnavailableException">It does not answer, does not let us in, or lacks the database; in words.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        InfluxVersion version = options.Version == InfluxOptions.Auto ? await AskAsync(cancellationToken) : (InfluxVersion)(options.Version[0] - '0');
        client.Version = version;
        if (version is InfluxVersion.V2 && string.IsNullOrEmpty(options.Org))
        {
            throw Unavailable($"{options.Url} is InfluxDB 2.x, which wants the organization's name: set Store:Influx:Org.");
        }

        string database = InfluxQl.Name(options.Database);
        if (version is InfluxVersion.V1 && await TryAsync($"CREATE DATABASE {database}", cancellationToken) is null)
        {
            logger.Ready(version, options.Url, options.Database);
            return;
        }

        // Without the right to create it (or on 2.x, where InfluxQL cannot) it has to be there already.
        string? refusal = await TryAsync("SHOW MEASUREMENTS LIMIT 1", cancellationToken);
        if (refusal is not null && !(version is InfluxVersion.V3 && InfluxRows.IsDatabaseMissing(refusal))) throw Unavailable(Missing(version, refusal));
        logger.Ready(version, options.Url, options.Database);
        if (version is InfluxVersion.V3) logger.RecentDataOnly();
    }

    // 1.x and 2.x name their version in a header of /ping; 3.x too, or in the body, and it may want a token for that.
    private async Task<InfluxVersion> AskAsync(CancellationToken cancellationToken)
    {
        foreach (string path in (string[])["ping", "health"])
        {
            using HttpResponseMessage response = await client.GetAsync(path, cancellationToken);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ServiceUnavailable)
            {
                throw InfluxFailure.Unavailable(await client.ReplyAsync(response, cancellationToken), options, null);
            }

            string? text = response.Headers.TryGetValues("X-Influxdb-Version", out IEnumerable<string>? values)
                ? values.FirstOrDefault()
                : await VersionInBodyAsync(response, cancellationToken);
            if (text?.TrimStart('v') is [>= '1' and <= '3', '.', ..] known) return (InfluxVersion)(known[0] - '0');
        }

        throw Unavailable($"{options.Url} does not say which InfluxDB it is: set Store:Influx:Version to 1, 2 or 3, and check Store:Influx:Url.");
    }

    private static async Task<string?> VersionInBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(ErrorBodyHandler.MaxBytes, cancellationToken);
            using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return body.RootElement.ValueKind is JsonValueKind.Object && body.RootElement.TryGetProperty("version", out JsonElement version) ? version.ToString() : null;
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            return null; // no version there: the next path, or the words above
        }
    }

    // The refusal in the server's words, or null. What is neither done nor refused throws.
    private async Task<string?> TryAsync(string statement, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await client.QueryAsync(statement, cancellationToken);
        if (response.IsSuccessStatusCode) return InfluxRows.ErrorOf(await response.Content.ReadAsByteArrayAsync(cancellationToken));

        InfluxReply reply = await client.ReplyAsync(response, cancellationToken);
        return reply is { FromInflux: true, Status: 400 or 403 or 404 } ? reply.Message : throw InfluxFailure.Unavailable(reply, options, client.Version);
    }

    private string Missing(InfluxVersion version, string refusal) => version switch
    {
        InfluxVersion.V1 =>
            $"the database '{options.Database}' at {options.Url} cannot be used ({refusal}). As an administrator run: CREATE DATABASE {InfluxQl.Name(options.Database)}; "
            + $"GRANT ALL ON {InfluxQl.Name(options.Database)} TO the account in Store:Influx:User.",
        InfluxVersion.V2 =>
            $"the bucket '{options.Database}' at {options.Url} cannot be queried ({refusal}). It needs the bucket (influx bucket create -n NAME), "
            + "a DBRP mapping (influx v1 dbrp create --db NAME --rp autogen --default --bucket-id ID) and a token that may read and write it.",
        _ => $"the database '{options.Database}' at {options.Url} cannot be queried ({refusal}). Give Store:Influx:Token the right to read and write it.",
    };

    private static StoreUnavailableException Unavailable(string what) => new(InfluxStore.StoreName, what);
}
