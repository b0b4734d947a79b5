using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CityPerception.Core.Queries;

namespace CityPerception.Storage.Stores.InfluxDb;

/// <summary>One series of one part of an answer: the values of the tags grouped by, the columns, and the rows.</summary>
internal readonly record struct InfluxSeries(JsonElement Series)
{
    public string Tag(string name) =>
        Series.TryGetProperty("tags", out JsonElement tags) && tags.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

    /// <summary>Where each column stands.</summary>
    public Dictionary<string, int> Columns()
    {
        Dictionary<string, int> columns = [];
        foreach (JsonElement column in Series.GetProperty("columns").EnumerateArray()) columns.TryAdd(column.GetString()!, columns.Count);
        return columns;
    }

    public JsonElement.ArrayEnumerator Rows() => Series.TryGetProperty("values", out JsonElement values) ? values.EnumerateArray() : default;
}

/// <summary>Reads a chunked answer of <c>/query</c>: JSON documents, one a line, each with a part of the rows.</summary>
internal static class InfluxRows
{
    /// <summary>Hands out the series in the order in which they come; each lives until the next is asked for.</summary>
    /// <param name="response">The answer, up to its headers.</param>
    /// <param name="timeout">How long to wait for each part.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="StoreUnavailableException">The answer broke off or did not come.</exception>
    /// <exception cref="InfluxStatementException">A statement failed: InfluxDB reports that with status 200.</exception>
    public static async IAsyncEnumerable<InfluxSeries> ReadAsync(HttpResponseMessage response, TimeSpan timeout, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        PipeReader reader = PipeReader.Create(await response.Content.ReadAsStreamAsync(cancellationToken));
        try
        {
            while (true)
            {
                ReadResult part = await NextAsync(reader, timeout, cancellationToken);
                ReadOnlySequence<byte> rest = part.Buffer;
                while (TryCutLine(ref rest, part.IsCompleted, out ReadOnlySequence<byte> line))
                {
                    using JsonDocument document = Parse(line);
                    foreach (InfluxSeries series in SeriesOf(document.RootElement)) yield return series;
                }

                reader.AdvanceTo(rest.Start, rest.End);
                if (part.IsCompleted) yield break;
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>The error that a whole answer reports, or null.</summary>
    public static string? ErrorOf(ReadOnlyMemory<byte> answer)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(answer);
            foreach (InfluxSeries _ in SeriesOf(document.RootElement)) { }
            return null;
        }
        catch (InfluxStatementException e)
        {
            return e.Message;
        }
        catch (JsonException)
        {
            return "its answer is not InfluxDB's";
        }
    }

    public static bool IsDatabaseMissing(string error) => error.Contains("database not found", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<InfluxSeries> SeriesOf(JsonElement root)
    {
        ThrowIfError(root);
        if (!root.TryGetProperty("results", out JsonElement results)) yield break;
        foreach (JsonElement result in results.EnumerateArray())
        {
            ThrowIfError(result);
            if (!result.TryGetProperty("series", out JsonElement all)) continue;
            foreach (JsonElement series in all.EnumerateArray()) yield return new InfluxSeries(series);
        }
    }

    private static void ThrowIfError(JsonElement element)
    {
        if (element.TryGetProperty("error", out JsonElement error)) throw new InfluxStatementException(InfluxReply.Shorten(error.ToString()));
    }

    private static async ValueTask<ReadResult> NextAsync(PipeReader reader, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            return await reader.ReadAsync(limit.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new StoreUnavailableException(InfluxStore.StoreName, "the answer broke off; ask again.", e);
        }
    }

    private static bool TryCutLine(ref ReadOnlySequence<byte> rest, bool last, out ReadOnlySequence<byte> line)
    {
        while (true)
        {
            SequencePosition? end = rest.PositionOf((byte)'\n');
            if (end is null && (!last || rest.IsEmpty))
            {
                line = default;
                return false;
            }

            line = end is null ? rest : rest.Slice(0, end.Value);
            rest = end is null ? rest.Slice(rest.End) : rest.Slice(rest.GetPosition(1, end.Value));
            if (!line.IsEmpty) return true;
        }
    }

    private static JsonDocument Parse(ReadOnlySequence<byte> line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            throw new StoreUnavailableException(InfluxStore.StoreName, "the answer is not InfluxDB's or broke off; check Store:Influx:Url.", e);
        }
    }
}

/// <summary>A statement that the server understood but could not carry out.</summary>
internal sealed class InfluxStatementException(string message) : Exception(message);
