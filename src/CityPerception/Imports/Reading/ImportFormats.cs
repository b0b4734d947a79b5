using System.Text.Json;

namespace CityPerception.Imports.Reading;

/// <summary>What an input can be.</summary>
internal enum ImportFormat
{
    Csv,
    Xlsx,

    /// <summary>An array, or one document.</summary>
    Json,

    /// <summary>A document a line.</summary>
    Ndjson,

    /// <summary>InfluxDB line protocol.</summary>
    Lp,
}

/// <summary>How the format of an input is told, and what each can be asked.</summary>
internal static class ImportFormats
{
    /// <summary>So much is read, mapped and appended at once.</summary>
    public const int ChunkBytes = 256 << 10;

    /// <summary>The beginning of an input that is looked at to tell its format.</summary>
    public const int HeadBytes = 64 << 10;

    public const string Names = "csv, xlsx, json, ndjson, lp";

    /// <summary>Whether reading can begin at any row, by its byte.</summary>
    public static bool CanSeek(this ImportFormat format) => format is ImportFormat.Csv or ImportFormat.Ndjson or ImportFormat.Lp;

    public static bool IsTable(this ImportFormat format) => format is ImportFormat.Csv or ImportFormat.Xlsx;

    public static bool TryParse(string? name, out ImportFormat? format)
    {
        bool known = Enum.TryParse(name, ignoreCase: true, out ImportFormat parsed) && Enum.IsDefined(parsed) && !char.IsAsciiDigit(name![0]);
        format = known ? parsed : null;
        return known || string.IsNullOrEmpty(name);
    }

    /// <summary>Tells the format by what the input says of itself, corrected by how it begins.</summary>
    /// <param name="name">A file's name or a media type.</param>
    /// <param name="head">The first bytes.</param>
    /// <param name="decoder">The source's: what it takes decides where nothing else does.</param>
    public static ImportFormat Tell(string? name, ReadOnlySpan<byte> head, string? decoder)
    {
        if (head.StartsWith("PK\x03\x04"u8)) return ImportFormat.Xlsx; // whatever its name says
        ReadOnlySpan<byte> text = ImportText.WithoutMark(head).TrimStart(" \t\r\n"u8);
        return ByName(name) switch
        {
            ImportFormat.Xlsx => ImportFormat.Xlsx,
            ImportFormat.Json => text is [(byte)'{', ..] && HoldsLines(text) ? ImportFormat.Ndjson : ImportFormat.Json,
            { } named => named,
            null when text is [(byte)'[', ..] => ImportFormat.Json,
            null when text is [(byte)'{', ..] => HoldsLines(text) ? ImportFormat.Ndjson : ImportFormat.Json,
            null => decoder == "line-protocol" ? ImportFormat.Lp : ImportFormat.Csv,
        };
    }

    /// <summary>What is wrong with giving this format to a source, or null.</summary>
    /// <param name="format">The input's.</param>
    /// <param name="source">Its name.</param>
    /// <param name="decoder">The source's; null for line protocol with the city's own names.</param>
    public static string? Misfit(ImportFormat format, string source, string? decoder)
    {
        bool lines = decoder is null or "line-protocol";
        if (lines) return format is ImportFormat.Lp ? null : $"{source} takes line protocol; found {format.Name()}. 该数据源只接受行协议。";
        if (format is ImportFormat.Lp) return $"{source} does not take line protocol but {decoder}; for lines with the city's measurements the source is line-protocol. 该数据源不接受行协议。";
        return format.IsTable() && decoder != "json" ? $"The rows of a table become JSON, which {source} does not take (decode: {decoder}). 表格只能导入 decode: json 的数据源。" : null;
    }

    public static string Name(this ImportFormat format) => format.ToString().ToLowerInvariant();

    private static ImportFormat? ByName(string? name)
    {
        string last = name is null ? "" : Path.GetExtension(name) is { Length: > 1 } extension ? extension[1..] : name;
        return last.ToLowerInvariant() switch
        {
            "csv" or "tsv" or "text/csv" or "text/tab-separated-values" => ImportFormat.Csv,
            "xlsx" or "xlsm" => ImportFormat.Xlsx,
            "json" or "application/json" => ImportFormat.Json,
            "ndjson" or "jsonl" or "application/x-ndjson" or "application/jsonl" => ImportFormat.Ndjson,
            "lp" or "line" or "influx" => ImportFormat.Lp,
            _ => null,
        };
    }

    // One whole document in the first line, and something after it.
    private static bool HoldsLines(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        if (end < 0 || text[(end + 1)..].Trim(" \t\r\n"u8).IsEmpty) return false;
        var reader = new Utf8JsonReader(text[..end]);
        try
        {
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
