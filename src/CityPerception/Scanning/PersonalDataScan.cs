using System.Data.Common;
using System.Globalization;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.DeadLetters;
using CityPerception.FieldReports;
using CityPerception.Hosting;
using CityPerception.Installing;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Stores;
using DuckDB.NET.Data;

namespace CityPerception.Scanning;

/// <summary>
/// Looks for what tells who somebody is, by the same recognisers that mask it, wherever data comes to rest: store, operational
/// database, spool, dead letters, whatever else lies in the data directory, and the files that are named, such as logs.
/// </summary>
/// <param name="dataDirectory">The server's.</param>
/// <param name="store">Its store.</param>
/// <param name="operations">Its operational database.</param>
internal sealed class PersonalDataScan(string dataDirectory, StoreOptions store, OperationsOptions operations)
{
    private readonly ScanResult _result = new();

    /// <param name="paths">Files and folders beside the data directory.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ScanResult> RunAsync(IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        await StoreAsync(cancellationToken);
        await OperationsAsync(cancellationToken);
        foreach (string folder in (string[])[StorageParts.SpoolFolder, StorageParts.BackfillFolder]) await FolderAsync(folder, cancellationToken);
        Letters(cancellationToken);
        await FolderAsync(StorageParts.DeadLetterFolder, cancellationToken);
        await PhotosAsync(cancellationToken);
        await RestAsync(cancellationToken);
        foreach (string path in paths) await PathAsync(path, cancellationToken);
        return _result;
    }

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        string name = $"store ({store.Kind})";
        if (!StoredTexts.Exist(store))
        {
            _result.EndPlace(name, "there is none · 无");
            return;
        }

        try
        {
            await foreach (StoredText text in StoredTexts.ReadAsync(store, TimeProvider.System, cancellationToken))
                _result.Look(text.Text, () => $"{text.Measurement}.{text.Column}{(text.TimeNs is { } ns ? " at " + ObservationTime.FromUnixNs(ns).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) : " (tag)")}");
        }
        catch (Exception e) when (e is StoreUnavailableException or DuckDBException)
        {
            _result.Fault($"the store could not be looked through: {e.Message} 存储无法扫描：DuckDB 文件需先停止服务。");
        }

        _result.EndPlace(name);
    }

    private async Task OperationsAsync(CancellationToken cancellationToken)
    {
        string name = $"operational database ({operations.Kind.ToString().ToLowerInvariant()})";
        if (operations.Kind is OperationsKind.Sqlite && !File.Exists(operations.SqlitePath))
        {
            _result.EndPlace(name, "there is none · 无");
            return;
        }

        try
        {
            await foreach (OperationalText text in OperationalTexts.ReadAsync(new OperationalDbs(operations), cancellationToken))
            {
                string where = $"{text.Table}.{text.Column} of {text.Row}";
                if (text.Bytes is { } bytes) FileScan.Look(bytes, where, _result);
                else _result.Look(text.Text!, () => where);
            }
        }
        catch (Exception e) when (e is DbException or IOException)
        {
            _result.Fault($"the operational database could not be looked through: {e.Message} Where another version made it, start the server once. 运行数据库无法扫描。");
        }

        _result.EndPlace(name);
    }

    // As whoever has no key sees them: those of people are encrypted, and the others must hold nothing.
    private void Letters(CancellationToken cancellationToken)
    {
        long encrypted = 0, plain = 0;
        var walk = new DeadLetterReader(Path.Combine(dataDirectory, StorageParts.DeadLetterFolder), keys: null).Walk(new DeadLetterFilter { Limit = int.MaxValue }, cancellationToken);
        foreach (DeadLetter letter in walk)
        {
            foreach (Rejection rejection in letter.CurrentRejections.Concat(letter.Rejections))
            {
                _result.Look(rejection.Path, () => $"dead letter {letter.Id}, where");
                if (letter.MissingKey is null) _result.Look(rejection.Detail, () => $"dead letter {letter.Id}, why");
            }

            if (letter.MissingKey is not null)
            {
                encrypted++;
                continue;
            }

            plain++;
            if (letter.Topic is not null) _result.Look(letter.Topic, () => $"dead letter {letter.Id}, topic");
            foreach ((string name, string value) in letter.Properties ?? new Dictionary<string, string>()) _result.Look(value, () => $"dead letter {letter.Id}, property {name}");
            if (LetterText.Decode(letter.Payload.Span) is { } text) _result.Look(text, () => $"dead letter {letter.Id}, message");
        }

        if (walk.Unreadable > 0) _result.Fault($"{walk.Unreadable} places among the dead letters are damaged. 死信中有 {walk.Unreadable} 处损坏。");
        _result.EndPlace("dead letters", $"{plain} in plain, {encrypted} encrypted · {plain} 条明文，{encrypted} 条加密");
    }

    private async Task FolderAsync(string folder, CancellationToken cancellationToken)
    {
        string path = Path.Combine(dataDirectory, folder);
        int files = Directory.Exists(path) ? await FileScan.RunAsync(path, static _ => false, _result, cancellationToken) : 0;
        _result.EndPlace($"files of {folder}", Files(files));
    }

    // What they show nobody can look at here; what else is in the files can be.
    private async Task PhotosAsync(CancellationToken cancellationToken)
    {
        string path = Path.Combine(dataDirectory, PhotoStore.Folder);
        int photos = Directory.Exists(path) ? await PhotoScan.RunAsync(path, PhotoStore.Pattern, _result, cancellationToken) : 0;
        _result.EndPlace("photos", string.Create(CultureInfo.InvariantCulture, $"{photos} files, for EXIF and the like · {photos} 张，检查 EXIF 等元数据"));
    }

    private async Task RestAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(dataDirectory))
        {
            _result.Fault($"there is no data directory {dataDirectory}. 没有数据目录 {dataDirectory}。");
            return;
        }

        string[] known = [.. new[] { StorageParts.SpoolFolder, StorageParts.BackfillFolder, StorageParts.DeadLetterFolder, OperationsParts.KeysFolder, InitPlan.TlsFolder }.Select(f => Path.Combine(dataDirectory, f) + Path.DirectorySeparatorChar)];
        // They have been asked.
        string[] databases = [Path.GetFullPath(store.DuckDb.Path), Path.GetFullPath(operations.SqlitePath)];
        int files = await FileScan.RunAsync(
            dataDirectory,
            file => known.Any(k => file.StartsWith(k, StringComparison.Ordinal)) || databases.Any(d => Path.GetFullPath(file).StartsWith(d, StringComparison.Ordinal)),
            _result,
            cancellationToken);
        _result.EndPlace("other files of the data directory", Files(files));
    }

    private async Task PathAsync(string path, CancellationToken cancellationToken) =>
        _result.EndPlace(path, Files(await FileScan.RunAsync(path, static _ => false, _result, cancellationToken)));

    private static string Files(int count) => string.Create(CultureInfo.InvariantCulture, $"{count} files · {count} 个文件");
}
