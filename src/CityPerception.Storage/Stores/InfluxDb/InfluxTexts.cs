using System.Runtime.CompilerServices;
using System.Text.Json;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>All texts of a database, found by what the server itself says that it holds.</summary>
internal static class InfluxTexts
{
    public static async IAsyncEnumerable<StoredText> ReadAsync(InfluxOptions options, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var client = new InfluxClient(options, clock);
        foreach (string measurement in await ColumnAsync(client, options, "SHOW MEASUREMENTS", "name", cancellationToken))
        {
            string from = InfluxQl.Name(measurement);
            foreach (string tag in await ColumnAsync(client, options, $"SHOW TAG KEYS FROM {from}", "tagKey", cancellationToken))
                foreach (string value in await ColumnAsync(client, options, $"SHOW TAG VALUES FROM {from} WITH KEY = {InfluxQl.Name(tag)}", "value", cancellationToken))
                    yield return new StoredText(measurement, tag, null, value);

            List<string> fields = [];
            await foreach (JsonElement[] row in RowsAsync(client, options, $"SHOW FIELD KEYS FROM {from}", ["fieldKey", "fieldType"], cancellationToken))
                if (row[1].GetString() == "string") fields.Add(row[0].GetString()!);
            foreach (string field in fields)
                await foreach (JsonElement[] row in RowsAsync(client, options, $"SELECT {InfluxQl.Name(field)}::string AS v FROM {from}", ["time", "v"], cancellationToken))
                    if (row[1].ValueKind is JsonValueKind.String) yield return new StoredText(measurement, field, row[0].ValueKind is JsonValueKind.Number ? row[0].GetInt64() : null, row[1].GetString()!);
        }
    }

    private static async Task<List<string>> ColumnAsync(InfluxClient client, InfluxOptions options, string query, string column, CancellationToken cancellationToken)
    {
        List<string> values = [];
        await foreach (JsonElement[] row in RowsAsync(client, options, query, [column], cancellationToken)) values.Add(row[0].GetString()!);
        return values;
    }

    private static async IAsyncEnumerable<JsonElement[]> RowsAsync(InfluxClient client, InfluxOptions options, string query, string[] names, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await client.QueryAsync(query, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            InfluxReply reply = await client.ReplyAsync(response, cancellationToken);
            throw new StoreUnavailableException(InfluxStore.StoreName, $"{query}: {reply.Message}");
        }

        await foreach (InfluxSeries series in InfluxRows.ReadAsync(response, options.Timeout, cancellationToken))
        {
            Dictionary<string, int> columns = series.Columns();
            if (names.Any(n => !columns.ContainsKey(n))) continue;
            foreach (JsonElement row in series.Rows()) yield return [.. names.Select(n => row[columns[n]])];
        }
    }
}
