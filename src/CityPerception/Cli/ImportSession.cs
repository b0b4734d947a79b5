using System.Globalization;
using CityPerception.Imports;
using CityPerception.Imports.Reading;

namespace CityPerception.Cli;

/// <summary>Imports files one after the other: remembers how far each is, writes what was refused beside it, and says what happens.</summary>
internal sealed class ImportSession(IImporter importer, ImportArguments arguments, Terminal notes, TimeProvider clock)
{
    // Of a thousand rows refused for one reason nobody reads more; all are in the file.
    private const int RejectionsShown = 5;

    private string DataDirectory => arguments.Server.DataDirectory;

    /// <summary>Imports a file, or goes on with it. The exit code.</summary>
    public async Task<int> ImportAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            ImportState state = Begin(path);
            if (state.IsComplete) return ExitCode.Ok;
            return await ImportAsync(path, state, cancellationToken);
        }
        catch (Exception e) when (e is ImportFaultException or IOException or UnauthorizedAccessException)
        {
            notes.Verdict(false, Terminal.Escape($"{path}: {e.Message}"));
            return ExitCode.Failed;
        }
    }

    /// <summary>Waits until everything is stored.</summary>
    public Task FinishAsync(CancellationToken cancellationToken) => notes.WithProgressAsync("store 写入存储", clock, async show =>
    {
        await importer.FinishAsync(waiting => show(-1, string.Create(CultureInfo.InvariantCulture, $"{waiting:N0} observations wait 条待写入")), cancellationToken);
        return true;
    });

    // Where to begin, with a word about it where that is not the first row of a new file.
    private ImportState Begin(string path)
    {
        ImportState fresh = ImportState.Of(importer.Source.Source, path, arguments.Choices.Variant);
        if (fresh.Recall(DataDirectory) is not { } known) return fresh;
        fresh = fresh with { RejectionPath = known.RejectionPath };
        if (arguments.Restart) return fresh;
        if (known.Fingerprint != fresh.Fingerprint)
        {
            notes.Line(Terminal.Escape($"{path}: the file has changed since it was imported; from its first row. 文件已变更，从头导入。"));
            return fresh;
        }

        if (known.IsComplete) notes.Verdict(true, Terminal.Escape($"{path}: imported already, {known.Rows} rows, {known.Accepted} observations, {known.Rejected} rejected; --restart imports it again. 已导入，如需重新导入请加 --restart。"));
        else if (known.Row > 0) notes.Line(Terminal.Escape($"{path}: goes on after row {known.Row}. 从第 {known.Row} 行之后继续。"));
        return known;
    }

    private async Task<int> ImportAsync(string path, ImportState state, CancellationToken cancellationToken)
    {
        using ImportFile file = await ImportFile.OpenAsync(path, importer.Source, arguments.Choices, state.Place, cancellationToken);
        using var refused = new RefusedRows(RejectionFile.Open(path, file.Terms.Format, state.RejectionPath, state.RejectionBytes), state.RejectionBytes);
        state = state with { RejectionPath = refused.Path };
        state.Save(DataDirectory); // whatever ends this run, the next one knows which file is its own
        long began = clock.GetTimestamp();
        ImportResult result = await notes.WithProgressAsync(Path.GetFileName(path), clock, show => importer.RunAsync(
            file,
            arguments.Choices,
            refused.Add,
            progress =>
            {
                After(state, progress.Counts, refused).Save(DataDirectory);
                show(progress.Done, Rate(progress.Counts.Rows, clock.GetElapsedTime(began)));
            },
            cancellationToken));
        ImportState end = After(state, result.Counts, refused) with { IsComplete = result.Stopped is null };
        end.Save(DataDirectory);
        Print(path, end, result, refused, clock.GetElapsedTime(began));
        return IsGood(end) ? ExitCode.Ok : ExitCode.Failed;
    }

    private static ImportState After(ImportState before, ImportProgress now, RefusedRows refused) => before with
    {
        Row = now.DurableRow,
        Offset = now.DurableOffset,
        Rows = before.Rows + now.Rows,
        Accepted = before.Accepted + now.Accepted,
        Rejected = before.Rejected + now.Rejected,
        Filtered = before.Filtered + now.Filtered,
        RejectionBytes = refused.BytesUpTo(now.DurableRow),
    };

    private void Print(string path, ImportState end, ImportResult result, RefusedRows refused, TimeSpan took)
    {
        foreach (RowRejection row in refused.First)
            notes.Line(Terminal.Escape($"  row {row.Row} rejected: {row.Path}: {row.Reason}: {row.Found}"));
        if (end.Rejected > 0) notes.Line(Terminal.Escape($"  all {end.Rejected} rejected are in {refused.Path}: correct them there and import that file. 被拒绝的行见该文件，更正后重新导入。"));
        string filtered = end.Filtered > 0 ? $", {end.Filtered} filtered" : "";
        string text = $"{path}: {end.Rows} rows, {end.Accepted} observations, {end.Rejected} rejected{filtered}; {Rate(result.Counts.Rows, took)}. 共 {end.Rows} 行，生成 {end.Accepted} 条观测，拒绝 {end.Rejected} 条。";
        if (result.Stopped is not null) text += $" Stopped early: {result.Stopped.TrimEnd('.')}. The same command goes on after row {end.Row}. 重新执行可继续。";
        if (end is { Rows: > 0, Accepted: 0, Rejected: 0 }) text += " Every row was left out by the source's conditions: is a column missing, or named otherwise? 所有行均被过滤，请检查列名。";
        notes.Verdict(IsGood(end), Terminal.Escape(text));
    }

    // Nothing refused, and something there.
    private static bool IsGood(ImportState end) => end is { IsComplete: true, Rejected: 0 } && (end.Accepted > 0 || end.Rows == 0);

    private static string Rate(long rows, TimeSpan took) =>
        string.Create(CultureInfo.InvariantCulture, $"{rows:N0} rows, {(took > TimeSpan.Zero ? rows / took.TotalSeconds : 0):N0}/s");

    /// <summary>The refused rows of a run, and how much of their file belongs to which place of the input.</summary>
    private sealed class RefusedRows(RejectionFile file, long before) : IDisposable
    {
        private readonly Queue<(long Row, long End)> _ahead = new();
        private long _bytes = before;

        public List<RowRejection> First { get; } = [];

        public string Path => file.Path;

        public void Add(RowRejection row, IReadOnlyList<string>? columns)
        {
            file.Add(row, columns);
            _ahead.Enqueue((row.Row, file.Bytes));
            if (First.Count < RejectionsShown) First.Add(row);
        }

        public long BytesUpTo(long row)
        {
            file.Flush();
            while (_ahead.TryPeek(out (long Row, long End) next) && next.Row <= row) _bytes = _ahead.Dequeue().End;
            return _bytes;
        }

        public void Dispose() => file.Dispose();
    }
}
