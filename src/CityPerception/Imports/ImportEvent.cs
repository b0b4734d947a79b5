using System.Text.Json;
using System.Text.Json.Serialization;
using CityPerception.Core.Observations;
using CityPerception.Hosting;
using CityPerception.Imports.Reading;
using CityPerception.Observability;

namespace CityPerception.Imports;

/// <summary>One thing to say about an import under way. Exactly one of the members is there.</summary>
internal sealed record ImportEvent
{
    /// <summary>How far it is.</summary>
    public ImportProgress? Progress { get; init; }

    /// <summary>A row that was refused, in whole or in part.</summary>
    public RowRejection? Rejection { get; init; }

    /// <summary>The end.</summary>
    public ImportResult? Result { get; init; }
}

/// <summary>How far an import is: what is on the disk, and where reading can go on behind it.</summary>
/// <param name="Rows">Rows that have been taken, without the header.</param>
/// <param name="Accepted">Observations made of them.</param>
/// <param name="Rejected">Elements refused; in a table an element is a row.</param>
/// <param name="Filtered">Elements that the source's condition left out.</param>
/// <param name="DurableRow">The number of the last row before which everything is on the disk.</param>
/// <param name="DurableOffset">The byte behind it, where the format can be entered there; else 0.</param>
internal sealed record ImportProgress(long Rows, long Accepted, long Rejected, long Filtered, long DurableRow, long DurableOffset)
{
    /// <summary>The sums of both, at the place of the second.</summary>
    public ImportProgress Then(ImportProgress next) =>
        next with { Rows = Rows + next.Rows, Accepted = Accepted + next.Accepted, Rejected = Rejected + next.Rejected, Filtered = Filtered + next.Filtered };
}

/// <summary>How an import ended.</summary>
/// <param name="Counts">What it did.</param>
/// <param name="Stopped">Why it ended before the input did; null if it did not.</param>
internal sealed record ImportResult(ImportProgress Counts, string? Stopped);

/// <summary>Why a row was refused.</summary>
/// <param name="Row">Its number, as a spreadsheet or editor shows it.</param>
/// <param name="Reason">One of a fixed list, in snake_case.</param>
/// <param name="Path">Where in it.</param>
/// <param name="Found">What was found and what is allowed.</param>
/// <param name="Count">How many of its elements were refused; reason, path and found are of the first.</param>
/// <param name="Record">The row: its columns, its JSON, or its text.</param>
internal sealed record RowRejection(long Row, string Reason, string Path, string Found, int Count, JsonElement Record)
{
    public static RowRejection Of(long row, Rejection first, int count, ReadOnlyMemory<byte> document) =>
        new(row, IngestMetrics.ReasonNames[first.Reason], first.Path, first.Detail, count, Parse(document));

    private static JsonElement Parse(ReadOnlyMemory<byte> document)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(document);
            return json.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(System.Text.Encoding.UTF8.GetString(document.Span), ImportJson.Default.String);
        }
    }
}

/// <summary>What a source takes, for whoever prepares an import.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Decode">Its decoder; null for line protocol with the city's measurements.</param>
/// <param name="Members">The columns that it reads; null for any.</param>
/// <param name="Whole">A JSON array is one document to it.</param>
internal sealed record ImportSource(string Source, string? Decode, IReadOnlyList<string>? Members, bool Whole)
{
    public IReadOnlySet<string>? MemberSet => Members?.ToHashSet(StringComparer.Ordinal);

    /// <summary>How an input in a format is read for it.</summary>
    public ReadTerms Terms(ImportFormat format) => new() { Format = format, IsWhole = Whole, Members = MemberSet };
}

/// <summary>JSON of imports. Chinese stays Chinese: the answers go to programs and terminals, not into pages.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ImportEvent))]
[JsonSerializable(typeof(ImportSource))]
[JsonSerializable(typeof(ImportState))]
[JsonSerializable(typeof(string))]
internal sealed partial class ImportJson : JsonSerializerContext
{
    /// <summary>With text as it is.</summary>
    public static ImportJson Plain { get; } = new(ReadableJson.NewPlainOptions());
}
