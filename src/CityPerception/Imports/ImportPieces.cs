using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using CityPerception.Imports.Reading;

namespace CityPerception.Imports;

/// <summary>Some rows of a file, as a server is sent them. Its memory is used again for the next.</summary>
internal sealed record ImportPiece
{
    public required ImportFormat Format { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    public ImportEncoding Encoding { get; init; }

    /// <summary>The table's.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>The row of each line of the body; null where the server counts them.</summary>
    public IReadOnlyList<long>? RowNumbers { get; init; }

    /// <summary>Rows that were refused already where they were read.</summary>
    public List<RowRejection> Refused { get; init; } = [];

    /// <summary>The place behind it; null where the server knows the row.</summary>
    public ImportPlace? End { get; init; }

    /// <summary>The byte behind it.</summary>
    public long EndOffset { get; init; }

    /// <summary>The share of the file that lies before its end; negative if nobody knows.</summary>
    public double Done { get; init; }
}

/// <summary>Cuts a file into pieces of whole rows.</summary>
internal static class ImportPieces
{
    /// <summary>Pieces of the file's own bytes.</summary>
    public static async IAsyncEnumerable<ImportPiece> OfBytesAsync(ImportFile file, int pieceBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ReadTerms terms = file.Terms;
        using var chunks = new RowChunks(file.Stream, quoted: terms.Format is ImportFormat.Csv, pieceBytes, terms.Start.Offset);
        var text = new ImportText(terms.Encoding);
        var body = new ArrayBufferWriter<byte>(pieceBytes + 4096);
        while (await chunks.NextAsync(cancellationToken))
        {
            body.ResetWrittenCount();
            if (terms.Head is { } head) body.Write(head.Bytes);
            if (terms.Head is { Bytes: [.., not (byte)'\n'] }) body.Write("\n"u8);
            body.Write(chunks.Chunk.Span);
            text.Look(chunks.Chunk.Span);
            yield return new ImportPiece
            {
                Format = terms.Format,
                Body = body.WrittenMemory,
                Encoding = text.Found,
                Columns = terms.Head?.Columns,
                EndOffset = chunks.End,
                Done = (double)chunks.End / terms.Bytes,
            };
        }
    }

    /// <summary>Pieces of rows that are read here, as NDJSON.</summary>
    public static async IAsyncEnumerable<ImportPiece> OfRowsAsync(ImportFile file, int pieceBytes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using IRowReader rows = RowReaders.Open(file.Stream, file.Terms, cancellationToken);
        var body = new ArrayBufferWriter<byte>(pieceBytes + 4096);
        List<long> numbers = [];
        List<RowRejection> refused = [];
        bool more;
        do
        {
            more = await rows.ReadAsync(cancellationToken);
            if (!more || body.WrittenCount >= pieceBytes || refused.Count >= 10_000)
            {
                yield return new ImportPiece
                {
                    Format = file.Terms.IsWhole ? ImportFormat.Json : ImportFormat.Ndjson,
                    Body = body.WrittenMemory,
                    Encoding = ImportEncoding.Utf8,
                    Columns = rows.Columns,
                    RowNumbers = numbers,
                    Refused = refused,
                    End = rows.Place,
                    Done = rows.Done,
                };
                body.ResetWrittenCount();
                (numbers, refused) = ([], []);
            }

            if (!more) break;
            if (rows.Fault is { } fault) refused.Add(RowRejection.Of(rows.Row, fault, 1, rows.Document));
            else if (file.Terms.IsWhole) body.Write(rows.Document.Span);
            else WriteLine(rows.Document, body);
            if (rows.Fault is null) numbers.Add(rows.Row);
        }
        while (more);
    }

    // A document of a pretty-printed array has line breaks.
    private static void WriteLine(ReadOnlyMemory<byte> document, ArrayBufferWriter<byte> body)
    {
        if (!document.Span.Contains((byte)'\n'))
        {
            body.Write(document.Span);
        }
        else
        {
            using JsonDocument json = JsonDocument.Parse(document);
            using var writer = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = ImportJson.Plain.Options.Encoder });
            json.WriteTo(writer);
        }

        body.Write("\n"u8);
    }
}
