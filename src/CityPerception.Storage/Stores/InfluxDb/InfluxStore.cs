using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>InfluxDB 1.x, 2.x and 3.x: line protocol in, InfluxQL out. See the README beside it for what differs.</summary>
public sealed class InfluxStore : IStore
{
    public const string StoreName = "influxdb";

    private readonly InfluxOptions _options;
    private readonly Func<MeasurementCatalog> _catalog;
    private readonly ILogger _logger;
    private readonly InfluxClient _client;
    private readonly SemaphoreSlim _opening = new(1);
    private volatile bool _open;

    public InfluxStore(InfluxOptions options, Func<MeasurementCatalog> catalog, ILogger<InfluxStore> logger, TimeProvider clock)
    {
        _options = options;
        _catalog = catalog;
        _logger = logger;
        _client = new InfluxClient(options, clock);
    }

    public string Name => StoreName;

    /// <summary>What InfluxDB's manual advises; larger ones were no faster.</summary>
    public int PreferredBatchLines => 5_000;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (_open) return; // another lane has been here
            await new InfluxSetup(_client, _options, _logger).RunAsync(cancellationToken);
            _open = true;
        }
        finally
        {
            _opening.Release();
        }
    }

    public async Task<WriteResult> WriteAsync(LineBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0) return WriteResult.All(batch);
        if (!_open) await OpenAsync(cancellationToken);

        int stored = 0;
        ImmutableArray<RefusedLine>.Builder refused = ImmutableArray.CreateBuilder<RefusedLine>();
        var pending = new Stack<LineBatch>([batch]);
        while (pending.TryPop(out LineBatch next))
        {
            InfluxReply reply = await _client.WriteAsync(next.Text, cancellationToken);
            if (reply.Succeeded)
            {
                stored += next.Count;
            }
            else if (!reply.Refused)
            {
                // Whatever became of the parts before: the whole batch may be offered again.
                throw Unavailable(reply);
            }
            else if (next.Count > 1)
            {
                // The answer names some bad lines at best, and whether the good ones are stored differs by version.
                // Halving finds every bad one; a good line that is written twice is one point.
                (LineBatch left, LineBatch right) = next.Halve();
                pending.Push(right);
                pending.Push(left);
            }
            else
            {
                _logger.LineRefused(reply.Message);
                refused.Add(new RefusedLine(next.Text.ToArray(), RejectionReason.RefusedByStore, reply.Message));
            }
        }

        return new WriteResult(stored, refused.ToImmutable());
    }

    public async Task<IReadOnlyList<AggregateRow>> AggregateAsync(AggregateQuery query, CancellationToken cancellationToken)
    {
        QueryRange range = QueryRange.Of(query.From, query.To);
        if (range.IsEmpty || !_catalog().ByName.TryGetValue(query.Measurement, out Measurement? measurement)) return [];
        QueryRules.Check(query, measurement);
        if (!QueryRules.TryResolve(query.Where, measurement, out ImmutableArray<Filter> where)) return [];
        if (query.Select.All(s => measurement.FindField(s.Field) is null)) return [];

        List<AggregateRow> rows = [];
        await foreach (InfluxSeries series in QueryAsync(InfluxQueryText.Aggregate(query, where, range, measurement), cancellationToken))
        {
            ImmutableArray<string> group = [.. query.GroupBy.Select(series.Tag)];
            Dictionary<string, int> columns = series.Columns();
            foreach (JsonElement row in series.Rows())
            {
                ImmutableArray<double?> values = [.. query.Select.Select((s, i) => columns.TryGetValue($"v{i}", out int at) ? Value(row[at], s.Function) : null)];
                if (values.Any(v => v is not null)) rows.Add(new AggregateRow(Start(query, row[0].GetInt64()), group, values));
            }
        }

        rows.Sort(AggregateOrder.Instance);
        return rows;
    }

    public async IAsyncEnumerable<Point> ReadAsync(PointQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (TextOf(query) is not { } asked) yield break;
        await foreach (InfluxSeries series in QueryAsync(asked.Text, cancellationToken))
        {
            Dictionary<string, int> columns = series.Columns();
            foreach (JsonElement row in series.Rows()) yield return InfluxPoint.Read(row, columns, asked.Measurement, asked.Fields);
        }
    }

    public async Task<bool> DeleteAsync(DeleteQuery query, CancellationToken cancellationToken)
    {
        if (!_open) await OpenAsync(cancellationToken);
        if (_client.Version is InfluxVersion.V3) return false;
        QueryRange range = QueryRange.Of(query.From, query.To);
        if (range.IsEmpty || !_catalog().ByName.TryGetValue(query.Measurement, out Measurement? measurement)) return true;
        if (!QueryRules.TryResolve(query.Where, measurement, out ImmutableArray<Filter> where)) return true;
        if (_client.Version is InfluxVersion.V1)
        {
            await foreach (InfluxSeries _ in QueryAsync(InfluxQueryText.Delete(query.Measurement, where, range), cancellationToken)) { }
            return true;
        }

        using HttpResponseMessage response = await _client.DeleteAsync(InfluxQueryText.DeletePredicate(query), range, cancellationToken);
        if (!response.IsSuccessStatusCode) throw Unavailable(await _client.ReplyAsync(response, cancellationToken));
        return true;
    }

    public ValueTask<string?> TextOfAsync(PointQuery query, CancellationToken cancellationToken) => ValueTask.FromResult(TextOf(query)?.Text);

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        _opening.Dispose();
        return ValueTask.CompletedTask;
    }

    private (string Text, Measurement Measurement, FieldSchema[] Fields)? TextOf(PointQuery query)
    {
        QueryRange range = QueryRange.Of(query.From, query.To);
        if (range.IsEmpty || query.Limit is <= 0 || !_catalog().ByName.TryGetValue(query.Measurement, out Measurement? measurement)) return null;
        if (!QueryRules.TryResolve(query.Where, measurement, out ImmutableArray<Filter> where)) return null;
        FieldSchema[] fields = [.. measurement.Fields.Where(f => query.Fields.IsDefaultOrEmpty || query.Fields.Contains(f.Name))];
        return fields.Length == 0 ? null : (InfluxQueryText.Points(query, where, range, measurement, fields), measurement, fields);
    }

    private async IAsyncEnumerable<InfluxSeries> QueryAsync(string query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!_open) await OpenAsync(cancellationToken);

        using HttpResponseMessage response = await _client.QueryAsync(query, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            InfluxReply reply = await _client.ReplyAsync(response, cancellationToken);
            if (IsEmptyDatabase(reply.Message)) yield break;
            throw reply is { Status: 400, FromInflux: true } ? Failed(query, reply.Message) : Unavailable(reply);
        }

        await using IAsyncEnumerator<InfluxSeries> series = InfluxRows.ReadAsync(response, _options.Timeout, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await series.MoveNextAsync()) yield break;
            }
            catch (InfluxStatementException e) when (IsEmptyDatabase(e.Message))
            {
                yield break;
            }
            catch (InfluxStatementException e)
            {
                throw Failed(query, e.Message);
            }

            yield return series.Current;
        }
    }

    // 3.x makes a database with the first line that is written to it.
    private bool IsEmptyDatabase(string error) => _client.Version is InfluxVersion.V3 && InfluxRows.IsDatabaseMissing(error);

    private StoreUnavailableException Unavailable(InfluxReply reply)
    {
        // The database may have been dropped, or the server replaced: look again before the next batch.
        if (reply.Status == 404) _open = false;
        return InfluxFailure.Unavailable(reply, _options, _client.Version);
    }

    private StoreUnavailableException Failed(string query, string error)
    {
        if (InfluxRows.IsDatabaseMissing(error)) _open = false;
        string advice = error.Contains("file limit", StringComparison.OrdinalIgnoreCase)
            ? " InfluxDB 3 Core reads back recent data only: ask for a shorter time, or start it with a higher --query-file-limit."
            : "";
        return new StoreUnavailableException(StoreName, $"the query failed: {error}.{advice} The query: {InfluxReply.Shorten(query)}");
    }

    // Noon tells the civil day: where the range begins on a day whose clock has changed already, its window begins an hour off.
    private static DateTimeOffset Start(AggregateQuery query, long windowNs) => query.Window switch
    {
        null => query.From.ToUniversalTime(),
        WindowSize.CivilDay { Zone: var zone } => CivilDays.Start(CivilDays.DateOf(ObservationTime.FromUnixNs(windowNs).AddHours(12), zone), zone),
        _ => ObservationTime.FromUnixNs(windowNs),
    };

    // A count of nothing is no value, as for every other aggregate.
    private static double? Value(JsonElement value, Aggregate function) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble() is var number && function is Aggregate.Count && number == 0 ? null : number,
        JsonValueKind.True => 1,
        JsonValueKind.False => 0,
        _ => null,
    };
}
