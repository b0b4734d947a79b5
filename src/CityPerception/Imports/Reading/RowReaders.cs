using System.Text;
using CityPerception.Core.Text;

namespace CityPerception.Imports.Reading;

/// <summary>How an input is to be read.</summary>
internal sealed record ReadTerms
{
    public required ImportFormat Format { get; init; }

    /// <summary>A workbook's sheet; the first without it.</summary>
    public string? Sheet { get; init; }

    public ImportEncoding Encoding { get; init; }

    /// <summary>Where to go on.</summary>
    public ImportPlace Start { get; init; }

    /// <summary>The header of a CSV that stands before <see cref="Start"/>; null if the stream begins with it.</summary>
    public CsvHead? Head { get; init; }

    /// <summary>The columns that the mapping reads; null for all.</summary>
    public IReadOnlySet<string>? Members { get; init; }

    /// <summary>JSON: the input is one document to its source, not an array of them.</summary>
    public bool IsWhole { get; init; }

    /// <summary>How long the input is; 0 if unknown.</summary>
    public long Bytes { get; init; }
}

/// <summary>Every format's reader. A new format is a file beside this one and a line here.</summary>
internal static class RowReaders
{
    /// <param name="input">Stands at the place to begin, or for formats that cannot seek at its beginning. Not disposed by the reader.</param>
    /// <param name="terms">How.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ImportFaultException">It is not what it should be.</exception>
    public static IRowReader Open(Stream input, ReadTerms terms, CancellationToken cancellationToken) => terms.Format switch
    {
        ImportFormat.Csv => new CsvRows(input, terms.Head, terms.Start, terms.Encoding, terms.Members, terms.Bytes),
        ImportFormat.Xlsx => new SheetRows(input, terms.Sheet, terms.Start.Row, terms.Members),
        ImportFormat.Json => new JsonRows(Utf8Of(input, terms.Encoding), terms.IsWhole, terms.Start.Row, terms.Bytes, cancellationToken),
        ImportFormat.Ndjson => new LineRows(input, isJson: true, terms.Start, terms.Encoding, terms.Bytes),
        _ => new LineRows(input, isJson: false, terms.Start, terms.Encoding, terms.Bytes),
    };

    private static Stream Utf8Of(Stream input, ImportEncoding encoding) =>
        encoding is ImportEncoding.Gb18030 ? Encoding.CreateTranscodingStream(input, Encodings.Gb18030, Encoding.UTF8, leaveOpen: true) : input;
}
