using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using CityPerception.Configuration;
using CityPerception.Hosting;
using CityPerception.Storage.DeadLetters;
using CityPerception.Upkeep;

namespace CityPerception.DeadLetters;

/// <summary>The answer to a replay.</summary>
/// <param name="Result">The counts.</param>
/// <param name="Letters">The first letters that were refused again; in a dry run, the first of all.</param>
internal sealed record ReplayAnswer(ReplayResult Result, IReadOnlyList<ReplayedLetterView> Letters);

/// <summary><c>/api/deadletters</c>: what was refused, for operators and for the commands that find a server running.</summary>
internal sealed class LetterEndpoints(DeadLetterLog letters, LetterReplay replay, CurrentPlan current, InstanceFile instance, EventLines lines, ServeArguments arguments, TimeProvider clock, IHostApplicationLifetime lifetime)
    : IDisposable
{
    public const string Path = "/api/deadletters", ReplayPath = Path + "/replay", DiscardPath = Path + "/discard", LinesType = "application/x-ndjson";

    private const int DefaultLimit = 50, MaxLimit = 1000, MaxRequestBytes = 128 << 10, LettersAnswered = 100;

    // Each looks through up to a gibibyte of files.
    private readonly SemaphoreSlim _reading = new(2);

    private static readonly string[] QueryNames = ["source", "reason", "since", "until", "topic", "text", "state", "limit", "before"];

    private const string QueryMembers = "source, reason, since, until, topic, text, state (texts), ids (a list), limit (a number), dryRun",
        RequestNames = QueryMembers + ", again (true or false)", DiscardNames = QueryMembers + " (true or false), why (a text)";

    public void Dispose() => _reading.Dispose();

    public async Task<IResult> ListAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        string? Text(string name) => request.Query.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues value) ? value.ToString() : null;
        foreach (string name in request.Query.Keys.Where(k => !QueryNames.Contains(k))) return Invalid($"'{name}' is no parameter; allowed: {string.Join(", ", QueryNames)}.");
        if (!TryNumber(Text("limit"), out long? limit) || limit > int.MaxValue) return Invalid($"limit is '{Text("limit")}'; allowed: 1 to {MaxLimit}.");
        if (!TryNumber(Text("before"), out long? before)) return Invalid($"before is '{Text("before")}'; allowed: what the page before gave as next.");
        var query = new LetterQuery
        {
            Source = Text("source"),
            Reason = Text("reason"),
            Since = Text("since"),
            Until = Text("until"),
            Topic = Text("topic"),
            Text = Text("text"),
            State = Text("state"),
            Limit = (int?)limit,
        };
        if (query.TryRead(clock.GetUtcNow(), DefaultLimit, MaxLimit, out DeadLetterFilter filter) is { } fault) return Invalid(fault);

        DeadLetterPage page = await ReadAsync(filter with { Before = before }, cancellationToken);
        return Results.Json(LetterList.Of(page, filter.Limit), LetterJson.Default.LetterList);
    }

    public async Task<IResult> GetAsync(string id, CancellationToken cancellationToken)
    {
        DeadLetterPage? page = Guid.TryParse(id, out Guid known) ? await ReadAsync(new DeadLetterFilter { Ids = [known], Limit = 1 }, cancellationToken) : null;
        return page?.Letters is [{ } letter]
            ? Results.Json(LetterDetails.Of(letter), LetterJson.Default.LetterDetails)
            : Results.Problem("There is no dead letter with this id; it may have been removed by age or space. 没有这条死信。", statusCode: StatusCodes.Status404NotFound);
    }

    public async Task<IResult> ReplayAsync(HttpContext context, CancellationToken cancellationToken)
    {
        // The command that found our address in a data directory wants the server of that directory, and not one that has the port now.
        if (context.Request.Headers.IfMatch is [{ } wanted] && wanted != instance.ETag)
            return Results.Problem("This server has another data directory.", statusCode: StatusCodes.Status412PreconditionFailed);
        (ReplayRequest? request, IResult? bad) = await ReadRequestAsync(context.Request, LetterJson.Default.ReplayRequest, $"a replay at {{0}}; allowed: {RequestNames}.", cancellationToken);
        if (request is null) return bad!;
        if (request.TryRead(clock.GetUtcNow(), out DeadLetterFilter filter) is { } fault) return Invalid(fault);

        // A stopping server waits for its requests: this one can end at any letter.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        if (context.Request.Headers.Accept.ToString().Contains(LinesType, StringComparison.OrdinalIgnoreCase)) return await StreamAsync(context, request, filter, ending.Token);

        List<ReplayedLetterView> first = [];
        ReplayResult? result = await RunAsync(request, filter, happened =>
        {
            if (happened.Letter is { } letter && first.Count < LettersAnswered) first.Add(letter);
            return ValueTask.CompletedTask;
        }, ending.Token);
        return result is null ? Busy() : Results.Json(
            new ReplayAnswer(result, first), LetterJson.Default.ReplayAnswer, statusCode: result.Stopped is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    // A line an event, as they happen, so that whoever waits can see how far it is.
    private async Task<IResult> StreamAsync(HttpContext context, ReplayRequest request, DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        HttpResponse response = context.Response;
        async ValueTask Say(ReplayEvent happened)
        {
            if (!response.HasStarted) response.ContentType = LinesType; // until then it may still become a problem
            await response.WriteAsync(LetterJson.ToLine(happened) + "\n", Encoding.UTF8, CancellationToken.None);
            await response.Body.FlushAsync(context.RequestAborted);
        }

        ReplayResult? result = await RunAsync(request, filter, Say, cancellationToken);
        if (result is null) return Busy();
        if (!context.RequestAborted.IsCancellationRequested) await Say(new ReplayEvent { Result = result });
        return Results.Empty;
    }

    /// <summary>Replays, or says what a replay would do; null if another one is under way.</summary>
    public async Task<ReplayResult?> RunAsync(ReplayRequest request, DeadLetterFilter filter, Func<ReplayEvent, ValueTask> report, CancellationToken cancellationToken) => request.DryRun
        ? await LetterReplay.PreviewAsync(replay.MapperOf(current.Plan), letters.Walk(filter with { NewestFirst = false }, cancellationToken), report, cancellationToken)
        : await replay.RunAsync(current.Plan, filter, arguments.Roles.HasFlag(Roles.Dispatch), report, cancellationToken);

    /// <summary>Reads a page of letters, a few of those who ask at a time.</summary>
    public async Task<DeadLetterPage> ReadAsync(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return await letters.ReadAsync(filter, cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Discards letters: a line an event, the result last.</summary>
    public async Task<IResult> DiscardAsync(HttpContext context, CancellationToken cancellationToken)
    {
        (DiscardRequest? request, IResult? bad) = await ReadRequestAsync(context.Request, LetterJson.Default.DiscardRequest, $"a discarding at {{0}}; allowed: {DiscardNames}.", cancellationToken);
        if (request is null) return bad!;
        if (request.TryRead(clock.GetUtcNow(), out DeadLetterFilter filter) is { } fault) return Invalid(fault);
        return await lines.AnswerAsync(context, LetterJson.Default.DiscardEvent, async (say, ending) =>
        {
            await say(new DiscardEvent(null, await DiscardAsync(filter, request.Why!.Trim(), request.DryRun, say, ending)));
            return null;
        }, cancellationToken);
    }

    /// <summary>Notes of open letters that nothing is to be made of them, or says how many they are.</summary>
    public async Task<DiscardResult> DiscardAsync(DeadLetterFilter filter, string why, bool isDryRun, Func<DiscardEvent, ValueTask> report, CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return await LetterDiscard.RunAsync(letters.Walk(filter with { State = DeadLetterState.Open, NewestFirst = false }, cancellationToken), isDryRun ? null : letters, why, report, cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    // What is wrong is said with the names that are allowed, and the place in {0}.
    private static async Task<(T? Request, IResult? Fault)> ReadRequestAsync<T>(HttpRequest request, JsonTypeInfo<T> json, string isNo, CancellationToken cancellationToken)
        where T : class
    {
        if (!request.HasJsonContentType())
            return (null, Results.Problem("The filters are JSON: Content-Type: application/json, at least {}.", statusCode: StatusCodes.Status415UnsupportedMediaType));
        if (request.HttpContext.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = MaxRequestBytes;
        try
        {
            T? read = await JsonSerializer.DeserializeAsync(request.Body, json, cancellationToken);
            return read is null ? (null, Invalid("The body is null; at least {} is needed.")) : (read, null);
        }
        catch (JsonException e)
        {
            return (null, Invalid("The body is not the JSON of " + string.Format(CultureInfo.InvariantCulture, isNo, e.Path ?? "$")));
        }
    }

    private static bool TryNumber(string? text, out long? number)
    {
        number = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long read) ? read : null;
        return text is null || number is not null;
    }

    private static IResult Invalid(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);

    private static IResult Busy() => Results.Problem("Another replay is under way; one runs at a time. 另一次重放正在进行。", statusCode: StatusCodes.Status409Conflict);
}
