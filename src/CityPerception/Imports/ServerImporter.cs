using System.Net;
using System.Text.Json;
using CityPerception.DeadLetters;
using CityPerception.Imports.Reading;

namespace CityPerception.Imports;

/// <summary>
/// Has the server of a data directory do an import: sends the file in pieces of whole rows, each of which the server has on
/// the disk when it has answered. A CSV's pieces each begin with its header; the rows of a workbook or an array go as NDJSON.
/// </summary>
internal sealed class ServerImporter : IImporter
{
    /// <summary>Half a second's work or less, so that a stop loses little and the bar moves.</summary>
    private const int PieceBytes = 4 << 20;

    private const string Ended = "The server ended, or was lost. What it had taken is remembered; give the same command again. 服务中断，请重新执行。";

    private readonly HttpClient _http;

    private ServerImporter(HttpClient http, ImportSource source) => (_http, Source) = (http, source);

    public ImportSource Source { get; }

    /// <summary>Null if the server is not there: its file is from a run that has ended.</summary>
    public static async Task<ImporterReply?> TryConnectAsync(InstanceAddress address, string source, CancellationToken cancellationToken)
    {
        HttpClient http = InstanceClient.Create(address);
        bool connected = false;
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(PathOf(source), cancellationToken);
            if (answer.StatusCode is HttpStatusCode.PreconditionFailed) return null; // another has the port now
            if (!answer.IsSuccessStatusCode) return new ImporterReply(null, [await DetailAsync(answer, cancellationToken)], IsBadUsage: answer.StatusCode is HttpStatusCode.NotFound);
            ImportSource? known = await answer.Content.ReadFromJsonAsync(ImportJson.Default.ImportSource, cancellationToken);
            connected = known is not null;
            return connected ? new ImporterReply(new ServerImporter(http, known!), []) : null;
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError)
        {
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            return new ImporterReply(null, [Ended]);
        }
        finally
        {
            if (!connected) http.Dispose();
        }
    }

    public async Task<ImportResult> RunAsync(
        ImportFile file, ImportChoices choices, Action<RowRejection, IReadOnlyList<string>?> refused, Action<FileProgress> progress, CancellationToken cancellationToken)
    {
        ImportPlace start = file.Terms.Start;
        var sum = new ImportProgress(0, 0, 0, 0, start.Row, start.Offset);
        try
        {
            await foreach (ImportPiece piece in PiecesOf(file, cancellationToken))
            {
                piece.Refused.ForEach(r => refused(r, piece.Columns));
                ImportResult result = piece.Body.IsEmpty
                    ? new ImportResult(new ImportProgress(0, 0, 0, 0, 0, 0), null)
                    : await SendAsync(piece, choices, sum.DurableRow, r => refused(r, piece.Columns), cancellationToken);
                if (result.Stopped is not null) return new ImportResult(sum, result.Stopped);
                int local = piece.Refused.Count;
                ImportProgress counts = result.Counts;
                sum = sum.Then(counts with
                {
                    Rows = counts.Rows + local,
                    Rejected = counts.Rejected + local,
                    DurableRow = piece.End?.Row ?? counts.DurableRow,
                    DurableOffset = piece.End?.Offset ?? piece.EndOffset,
                });
                progress(new FileProgress(piece.Done, sum));
            }

            return new ImportResult(sum, null);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return new ImportResult(sum, "interrupted");
        }
        catch (ImportFaultException e)
        {
            return new ImportResult(sum, e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return new ImportResult(sum, Ended);
        }
    }

    /// <summary>The server stores what it has.</summary>
    public Task FinishAsync(Action<long> waiting, CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IAsyncEnumerable<ImportPiece> PiecesOf(ImportFile file, CancellationToken cancellationToken) =>
        file.Terms.Format.CanSeek() ? ImportPieces.OfBytesAsync(file, PieceBytes, cancellationToken) : ImportPieces.OfRowsAsync(file, PieceBytes, cancellationToken);

    private async Task<ImportResult> SendAsync(ImportPiece piece, ImportChoices choices, long after, Action<RowRejection> refused, CancellationToken cancellationToken)
    {
        string query = $"?rejections={ImportEndpoint.AnswerOnly}&format={piece.Format.Name()}&after={(piece.RowNumbers is null ? after : 0)}"
            + (choices.Precision is null ? "" : $"&{RowMapper.Precision}={Uri.EscapeDataString(choices.Precision)}")
            + (piece.Encoding is ImportEncoding.Auto ? "" : $"&encoding={(piece.Encoding is ImportEncoding.Utf8 ? "utf-8" : "gb18030")}");
        using var message = new HttpRequestMessage(HttpMethod.Post, PathOf(Source.Source) + query) { Content = new ReadOnlyMemoryContent(piece.Body) };
        using HttpResponseMessage answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!answer.IsSuccessStatusCode) throw new ImportFaultException($"The server refuses: {await DetailAsync(answer, cancellationToken)}");

        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            ImportEvent? happened = JsonSerializer.Deserialize(line, ImportJson.Default.ImportEvent);
            if (happened?.Rejection is { } rejection) refused(piece.RowNumbers is null ? rejection : rejection with { Row = piece.RowNumbers[(int)rejection.Row - 1] });
            if (happened?.Result is { } result) return result;
        }

        throw new ImportFaultException(Ended);
    }

    private static string PathOf(string source) => ImportEndpoint.Path + Uri.EscapeDataString(source);

    private static async Task<string> DetailAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            if (await InstanceClient.FindDetailAsync(answer, cancellationToken) is { } detail) return detail;
        }
        catch (JsonException)
        {
            // No problem document: the status says what there is to say.
        }

        return $"HTTP status {(int)answer.StatusCode}";
    }
}
