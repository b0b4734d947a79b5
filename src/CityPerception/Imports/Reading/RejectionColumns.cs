namespace CityPerception.Imports.Reading;

/// <summary>The columns that a file of rejections has before those of its input; a repeated import passes over them.</summary>
internal static class RejectionColumns
{
    public const string Row = "_row", Reason = "_reason", Path = "_path", Found = "_found";

    /// <summary>The member that stands first in each line of a file of rejections in NDJSON.</summary>
    public const string Member = "_rejected";

    public static IReadOnlyList<string> All { get; } = [Row, Reason, Path, Found];

    /// <summary>Whether a table is a file of rejections.</summary>
    public static bool AreIn(IReadOnlyList<string> columns) => All.All(columns.Contains);
}

/// <summary>
/// Keeps a spreadsheet program from taking a cell for a formula (CWE-1236): an apostrophe before <c>= + - @</c>, tab and
/// carriage return. It can be undone, so that a file of rejections, corrected, is what its input was.
/// </summary>
internal static class FormulaGuard
{
    private const string Treacherous = "=+-@\t\r'";

    public static string Do(string cell) => IsTreacherous(cell) ? "'" + cell : cell;

    public static ReadOnlySpan<char> Undo(ReadOnlySpan<char> cell) => cell is ['\'', ..] && IsTreacherous(cell[1..]) ? cell[1..] : cell;

    private static bool IsTreacherous(ReadOnlySpan<char> cell) => !cell.IsEmpty && Treacherous.Contains(cell[0]);
}
