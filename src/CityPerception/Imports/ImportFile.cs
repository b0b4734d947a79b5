using CityPerception.Imports.Reading;

namespace CityPerception.Imports;

/// <summary>What the command was told about how files are to be read.</summary>
/// <param name="Format">Null: told by name and content.</param>
/// <param name="Encoding">Auto: told by content.</param>
/// <param name="Sheet">Of workbooks.</param>
/// <param name="Precision">Of line protocol.</param>
internal sealed record ImportChoices(ImportFormat? Format, ImportEncoding Encoding, string? Sheet, string? Precision)
{
    public string Variant => $"{Format} {Encoding} {Sheet} {Precision}";

    public IReadOnlyDictionary<string, string> Properties => Precision is null ? [] : new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { [RowMapper.Precision] = Precision };
}

/// <summary>A file that is being imported.</summary>
internal sealed class ImportFile : IDisposable
{
    private ImportFile(FileStream stream, ReadTerms terms)
    {
        Stream = stream;
        Terms = terms;
    }

    /// <summary>The file, at the place where reading begins.</summary>
    public FileStream Stream { get; }

    public ReadTerms Terms { get; }

    /// <summary>Opens a file at a place.</summary>
    /// <exception cref="ImportFaultException">It does not fit the source.</exception>
    public static async Task<ImportFile> OpenAsync(string path, ImportSource source, ImportChoices choices, ImportPlace place, CancellationToken cancellationToken)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, ImportFormats.ChunkBytes, FileOptions.SequentialScan);
        try
        {
            byte[] head = new byte[ImportFormats.HeadBytes];
            int length = await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
            stream.Position = 0;
            ImportFormat format = choices.Format ?? ImportFormats.Tell(path, head.AsSpan(0, length), source.Decode);
            if (ImportFormats.Misfit(format, source.Source, source.Decode) is { } misfit) throw new ImportFaultException(misfit);
            CsvHead? csv = format is ImportFormat.Csv ? await CsvRows.ReadHeadAsync(stream, choices.Encoding, cancellationToken) : null;
            if (format is ImportFormat.Csv && csv is null) throw new ImportFaultException("The file is empty. 文件为空。");
            ImportPlace start = csv is not null && place.Row == 0 ? new ImportPlace(1, csv.Bytes.Length) : place;
            if (format.CanSeek()) stream.Position = start.Offset;
            return new ImportFile(stream, source.Terms(format) with
            {
                Head = csv,
                Start = start,
                Encoding = choices.Encoding is not ImportEncoding.Auto ? choices.Encoding : csv?.Encoding ?? (format is ImportFormat.Csv ? ImportEncoding.Auto : ImportText.Tell(head.AsSpan(0, length))),
                Sheet = choices.Sheet,
                Bytes = stream.Length,
            });
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => Stream.Dispose();
}

/// <summary>How far the import of a file is.</summary>
/// <param name="Done">The share of the file that lies behind; negative if nobody knows.</param>
/// <param name="Counts">Since this run of the command began.</param>
internal sealed record FileProgress(double Done, ImportProgress Counts);

/// <summary>Somebody who does an import, or why there is nobody.</summary>
/// <param name="Importer">Null if there is none.</param>
/// <param name="Faults">Why, in words.</param>
/// <param name="IsBadUsage">The command or a setting is wrong, rather than the work having failed.</param>
internal sealed record ImporterReply(IImporter? Importer, IReadOnlyList<string> Faults, bool IsBadUsage = false);

/// <summary>Whoever does an import for the command: a server that runs, or the command itself.</summary>
internal interface IImporter : IAsyncDisposable
{
    /// <summary>Where to.</summary>
    ImportSource Source { get; }

    /// <summary>Imports a file from where it stands.</summary>
    /// <param name="file">It.</param>
    /// <param name="choices">How it is to be read.</param>
    /// <param name="refused">Is told of each refused row, and the table's columns, before the place behind it is durable.</param>
    /// <param name="progress">Is told how far it is.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    Task<ImportResult> RunAsync(
        ImportFile file, ImportChoices choices, Action<RowRejection, IReadOnlyList<string>?> refused, Action<FileProgress> progress, CancellationToken cancellationToken);

    /// <summary>Completes when what was imported is in the store, if that is this process's affair.</summary>
    /// <param name="waiting">Is told how many observations still wait.</param>
    /// <param name="cancellationToken">Ends the waiting; nothing is lost by it.</param>
    Task FinishAsync(Action<long> waiting, CancellationToken cancellationToken);
}
