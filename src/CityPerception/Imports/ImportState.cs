using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using CityPerception.Imports.Reading;

namespace CityPerception.Imports;

/// <summary>What is remembered of the import of a file into a source, so that the same command goes on where it was.</summary>
internal sealed record ImportState
{
    /// <summary>Folder of a data directory.</summary>
    private const string Folder = "imports";

    // Enough of a file to see that it is another one of the same size and time.
    private const int PrintedBytes = 64 << 10;

    public required string Source { get; init; }

    public required string File { get; init; }

    /// <summary>A sheet, format or encoding that was asked for: with another, the same file is another input.</summary>
    public required string Variant { get; init; }

    /// <summary>Size, time and first bytes: what says that the file is still the same.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Everything before is on the disk.</summary>
    public long Row { get; init; }

    public long Offset { get; init; }

    /// <summary>What the rows before became.</summary>
    public long Rows { get; init; }

    public long Accepted { get; init; }

    public long Rejected { get; init; }

    public long Filtered { get; init; }

    /// <summary>The file for what is refused; null before the first run.</summary>
    public string? RejectionPath { get; init; }

    /// <summary>How long that was.</summary>
    public long RejectionBytes { get; init; }

    /// <summary>The whole file is imported.</summary>
    public bool IsComplete { get; init; }

    [JsonIgnore]
    public ImportPlace Place => new(Row, Offset);

    public static ImportState Of(string source, string file, string variant)
    {
        string path = Path.GetFullPath(file);
        using FileStream stream = System.IO.File.OpenRead(path);
        byte[] head = new byte[PrintedBytes];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        string print = $"{stream.Length} bytes, {System.IO.File.GetLastWriteTimeUtc(path):O}, {XxHash3.HashToUInt64(head.AsSpan(0, length)):x16}";
        return new ImportState { Source = source, File = path, Variant = variant, Fingerprint = print };
    }

    /// <summary>What is remembered of this file and source, of whatever state the file then had; null for nothing.</summary>
    public ImportState? Recall(string dataDirectory)
    {
        try
        {
            string path = PathIn(dataDirectory);
            return System.IO.File.Exists(path) ? JsonSerializer.Deserialize(System.IO.File.ReadAllText(path), ImportJson.Default.ImportState) : null;
        }
        catch (JsonException)
        {
            return null; // cut off by a crash of the machine: from the beginning then, which changes nothing
        }
    }

    public void Save(string dataDirectory)
    {
        string path = PathIn(dataDirectory);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path + ".new", JsonSerializer.Serialize(this, ImportJson.Plain.ImportState));
        System.IO.File.Move(path + ".new", path, overwrite: true);
    }

    private string PathIn(string dataDirectory) =>
        Path.Combine(dataDirectory, Folder, $"{Source}-{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{File}\n{Variant}")):x16}.json");
}
