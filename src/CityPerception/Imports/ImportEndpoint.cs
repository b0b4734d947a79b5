using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using CityPerception.Configuration;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping;
using CityPerception.DeadLetters;
using CityPerception.Hosting;
using CityPerception.Imports.Reading;
using CityPerception.Scoring;
using CityPerception.Sources.Http;
using Microsoft.Extensions.Options;

namespace CityPerception.Imports;

/// <summary>
/// <c>POST /api/imports/{source}</c>: a file as the body, of any size up to the limit, imported as it comes. The answer is a
/// line an event: progress, each refused row, at last the result. The command sends its files here in pieces.
/// </summary>
internal sealed class ImportEndpoint(CurrentPlan current, ImportRun run, ExternalScorer scorer, InstanceFile instance, IOptions<HttpOptions> http, ServeArguments arguments, IHostApplicationLifetime lifetime)
    : IDisposable
{
    public const string Path = "/api/imports/", LinesType = "application/x-ndjson";

    /// <summary>In <c>?rejections=</c>: refused rows are only in the answer, and become no dead letters.</summary>
    public const string AnswerOnly = "answer";

    /// <summary>So many at once; each holds about a megabyte.</summary>
    public const int AtOnce = 4;

    // Of a body that announces no more so much is read before anything is answered, for clients that do one after the other.
    private const int SmallBytes = 8 << 20;

    private readonly SemaphoreSlim _running = new(AtOnce);

    public void Dispose() => _running.Dispose();

    /// <summary>What the source takes.</summary>
    public IResult Get(string source, HttpRequest request)
    {
        if (Refuse(source, request) is { } refused) return refused;
        return Results.Json(RowMapper.Describe(current.Plan, source), ImportJson.Default.ImportSource);
    }

    public async Task<IResult> PostAsync(string source, HttpContext context, CancellationToken cancellationToken)
    {
        HttpRequest request = context.Request;
        if (Refuse(source, request) is { } refused) return refused;
        if (request.Headers.ContentEncoding is { Count: > 0 } encoding) return Invalid(StatusCodes.Status415UnsupportedMediaType, $"Content-Encoding is {encoding}; allowed: gzip, deflate, br, or none.");
        if (request.HasFormContentType && request.ContentType!.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
            return Invalid(StatusCodes.Status415UnsupportedMediaType, "The file is the body itself, without a form around it: curl -T FILE -X POST, or --data-binary @FILE. 请直接以文件内容作为请求体。");
        if (request.ContentLength > http.Value.MaxUploadBytes) return Invalid(StatusCodes.Status413PayloadTooLarge, UploadStream.TooLarge(http.Value.MaxUploadBytes));
        if (UploadQuery.Read(request.Query, out UploadQuery query) is { } fault) return Invalid(StatusCodes.Status400BadRequest, fault);
        if (!await _running.WaitAsync(TimeSpan.Zero, CancellationToken.None)) return IngestResults.Busy(context, $"{AtOnce} imports are under way; try again later. 导入任务已满，请稍后重试。");
        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
            return await ImportAsync(source, query, context, ending.Token);
        }
        catch (ImportFaultException e)
        {
            return Invalid(e.Status, e.Message); // nothing has been answered yet
        }
        finally
        {
            _running.Release();
        }
    }

    private async Task<IResult> ImportAsync(string source, UploadQuery query, HttpContext context, CancellationToken cancellationToken)
    {
        HttpRequest request = context.Request;
        IngestPlan plan = current.Plan; // one for the whole import
        ImportSource description = RowMapper.Describe(plan, source)!;
        var properties = RequestProperties.ToKeep(request);
        await using var body = new UploadStream(request.Body, http.Value.MaxUploadBytes);
        PipeReader pipe = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: ImportFormats.HeadBytes));
        ReadResult first = await pipe.ReadAtLeastAsync(request.ContentLength is <= SmallBytes ? SmallBytes : ImportFormats.HeadBytes, cancellationToken);
        byte[] head = first.Buffer.Slice(0, Math.Min(first.Buffer.Length, ImportFormats.HeadBytes)).ToArray();
        pipe.AdvanceTo(first.Buffer.Start);

        ImportFormat format = query.Format ?? ImportFormats.Tell(request.ContentType?.Split(';')[0].Trim(), head, description.Decode);
        if (ImportFormats.Misfit(format, source, description.Decode) is { } misfit) return Invalid(StatusCodes.Status415UnsupportedMediaType, misfit);
        await using Stream input = format is ImportFormat.Xlsx ? await ToFileAsync(pipe.AsStream(), cancellationToken) : pipe.AsStream();
        ReadTerms terms = description.Terms(format) with
        {
            Encoding = query.Encoding is ImportEncoding.Auto && format is ImportFormat.Json ? ImportText.Tell(head) : query.Encoding,
            Sheet = query.Sheet,
            Start = new ImportPlace(query.After, 0),
        };

        using IRowReader rows = RowReaders.Open(input, terms, cancellationToken);
        using var answer = new EventAnswer(context.Response);
        ImportResult result = await run.RunAsync(
            rows, RowMapper.Find(plan, source, properties, scorer)!, new ImportTerms(request.Path, properties, query.KeepsLetters), answer.SayAsync, cancellationToken);
        if (context.RequestAborted.IsCancellationRequested) return Results.Empty;
        string? stopped = lifetime.ApplicationStopping.IsCancellationRequested && result.Stopped is not null ? "the server stops; send the rest again" : result.Stopped;
        await answer.SayAsync(new ImportEvent { Result = result with { Stopped = stopped } });
        await answer.EndAsync();
        return Results.Empty;
    }

    // A workbook is a zip, whose index stands at its end.
    private async Task<FileStream> ToFileAsync(Stream body, CancellationToken cancellationToken)
    {
        string folder = System.IO.Path.Combine(arguments.DataDirectory, "uploads");
        Directory.CreateDirectory(folder);
        var file = new FileStream(
            System.IO.Path.Combine(folder, Guid.NewGuid().ToString("N")), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 << 10, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            await body.CopyToAsync(file, cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private IResult? Refuse(string source, HttpRequest request)
    {
        // The command that found our address in a data directory wants the server of that directory, and not one that has the port now.
        if (request.Headers.IfMatch is [{ } wanted] && wanted != instance.ETag) return Invalid(StatusCodes.Status412PreconditionFailed, "This server has another data directory.");
        if (RowMapper.Describe(current.Plan, source) is not null) return null;
        return Invalid(StatusCodes.Status404NotFound, RowMapper.Unknown(current.Plan, source));
    }

    private static IResult Invalid(int status, string detail) => Results.Problem(detail, statusCode: status);
}

/// <summary>What the query of an upload may say.</summary>
internal sealed record UploadQuery(ImportFormat? Format, ImportEncoding Encoding, string? Sheet, long After, bool KeepsLetters)
{
    private static readonly UploadQuery None = new(null, ImportEncoding.Auto, null, 0, KeepsLetters: true);

    /// <summary>Gives back what is wrong, or null.</summary>
    public static string? Read(IQueryCollection query, out UploadQuery read)
    {
        read = None;
        if (!ImportFormats.TryParse(query["format"], out ImportFormat? format)) return $"format is '{query["format"]}'; allowed: {ImportFormats.Names}.";
        if (!TryEncoding(query["encoding"], out ImportEncoding encoding)) return $"encoding is '{query["encoding"]}'; allowed: utf-8, gb18030, or none: it is told then.";
        if (!TimePrecision.TryParse(query[RowMapper.Precision], out _)) return $"precision is '{query[RowMapper.Precision]}'; allowed: {TimePrecision.Names}";
        string? after = query["after"], rejections = query["rejections"];
        if (!long.TryParse(after ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out long row)) return $"after is '{after}'; allowed: the number of a row.";
        if (rejections is not (null or "" or ImportEndpoint.AnswerOnly or "letters")) return $"rejections is '{rejections}'; allowed: letters (they become dead letters too, the default) or {ImportEndpoint.AnswerOnly}.";
        read = new UploadQuery(format, encoding, query["sheet"], row, rejections != ImportEndpoint.AnswerOnly);
        return null;
    }

    /// <summary>Reads an encoding's name; none is told from the bytes.</summary>
    public static bool TryEncoding(string? name, out ImportEncoding encoding)
    {
        encoding = name?.ToLowerInvariant() switch
        {
            "utf-8" or "utf8" => ImportEncoding.Utf8,
            "gb18030" or "gbk" or "gb2312" => ImportEncoding.Gb18030,
            _ => ImportEncoding.Auto,
        };
        return encoding is not ImportEncoding.Auto || string.IsNullOrEmpty(name) || name == "auto";
    }
}
