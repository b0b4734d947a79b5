using System.Globalization;
using System.Text.Json.Serialization;
using CityPerception.DeadLetters;
using CityPerception.Hosting;
using CityPerception.Imports.Reading;
using CityPerception.Storage.Operations.Auditing;
using nietras.SeparatedValues;

namespace CityPerception.Access;

/// <summary>An entry as it is answered.</summary>
internal sealed record AuditView(Guid Id, DateTimeOffset At, string Who, string Action, string Target, string Origin, string Result);

/// <summary>A page of them, the newest first.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Next">What to give as <c>before</c> for those that are older; null at the end.</param>
internal sealed record AuditPage(IReadOnlyList<AuditView> Entries, Guid? Next);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(AuditPage))]
internal sealed partial class AuditJson : JsonSerializerContext
{
    /// <summary>Chinese as itself.</summary>
    public static AuditJson Readable { get; } = new(new System.Text.Json.JsonSerializerOptions(System.Text.Json.JsonSerializerDefaults.Web) { Encoder = ReadableJson.Encoder });
}

/// <summary><c>GET /api/audit</c>: who did what.</summary>
internal sealed class AuditEndpoint(AuditLog log, TimeProvider clock)
{
    public const string Path = "/api/audit";

    private const int DefaultLimit = 100, MaxLimit = 10_000;

    private static readonly string[] Names = ["who", "action", "since", "until", "before", "limit", "format"], Columns = ["at", "who", "action", "target", "origin", "result"];

    public async Task<IResult> GetAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.Query.Keys.FirstOrDefault(k => !Names.Contains(k)) is { } unknown) return Invalid($"'{unknown}' is no parameter; allowed: {string.Join(", ", Names)}.");
        string? Text(string name) => request.Query.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues value) ? value.ToString() : null;
        DateTimeOffset now = clock.GetUtcNow();
        if (!LetterQuery.TryMoment(Text("since"), now, out DateTimeOffset? since)) return Invalid(LetterQuery.MomentFault("since", Text("since")!));
        if (!LetterQuery.TryMoment(Text("until"), now, out DateTimeOffset? until)) return Invalid(LetterQuery.MomentFault("until", Text("until")!));
        Guid before = default;
        if (Text("before") is { } last && !Guid.TryParse(last, out before)) return Invalid($"before is '{last}'; allowed: what the page before gave as next.");
        int limit = DefaultLimit;
        if (Text("limit") is { } most && (!int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit)) return Invalid($"limit is '{most}'; allowed: 1 to {MaxLimit}.");
        if (Text("format") is not (null or "json" or "csv")) return Invalid($"format is '{Text("format")}'; allowed: json, csv.");

        IReadOnlyList<AuditEntry> found = await log.ReadAsync(
            new AuditFilter { Who = Text("who"), Action = Text("action"), Since = since, Until = until, Before = before == default ? null : before, Limit = limit }, cancellationToken);
        if (Text("format") == "csv") return Results.Text(Csv(found), "text/csv; charset=utf-8");
        return Results.Json(
            new AuditPage([.. found.Select(e => new AuditView(e.Id, e.At, e.Who, e.Action, e.Target, e.Origin, e.Result))], found.Count == limit ? found[^1].Id : null),
            AuditJson.Readable.AuditPage);
    }

    // For spreadsheets: with a mark, and no cell that they would take for a formula.
    private static string Csv(IReadOnlyList<AuditEntry> entries)
    {
        using SepWriter writer = Sep.New(',').Writer(static o => o with { WriteHeader = false, Escape = true }).ToText();
        Write(writer, Columns);
        foreach (AuditEntry e in entries) Write(writer, [e.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), e.Who, e.Action, e.Target, e.Origin, e.Result]);
        return "\uFEFF" + writer;
    }

    private static void Write(SepWriter writer, string[] cells)
    {
        using SepWriter.Row row = writer.NewRow();
        for (int i = 0; i < cells.Length; i++) row[i].Set(FormulaGuard.Do(cells[i]));
    }

    private static IResult Invalid(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest);
}
