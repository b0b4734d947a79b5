using System.Globalization;
using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace CityPerception.Cli;

/// <summary>
/// What commands print. A person at a terminal gets tables and colour; a file or a program gets the same as plain text,
/// columns parted by two spaces or more.
/// </summary>
/// <remarks>Cells may hold data from strangers: control characters are escaped, and nothing in them is markup.</remarks>
internal sealed class Terminal(TextWriter output, bool forPeople)
{
    private static readonly TimeSpan PlainEvery = TimeSpan.FromSeconds(5);

    private readonly IAnsiConsole? _console = forPeople ? AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) }) : null;

    /// <summary>Standard output.</summary>
    public static Terminal Out { get; } = new(Console.Out, !Console.IsOutputRedirected);

    /// <summary>Standard error.</summary>
    public static Terminal Error { get; } = new(Console.Error, !Console.IsErrorRedirected);

    public void Line(string text = "") => output.WriteLine(text);

    /// <summary>A line that says good or bad news.</summary>
    public void Verdict(bool good, string text)
    {
        // Colour by hand: Spectre would cut the line at the terminal's width, and links in it with it.
        bool coloured = _console is { Profile.Capabilities.Ansi: true };
        Line(coloured ? $"\e[{(good ? 32 : 31)}m{text}\e[0m" : text);
    }

    /// <summary>Rows under headers; without headers, rows of a name and a value.</summary>
    public void Table(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (_console is null) PlainTable(headers, rows);
        else _console.Write(RichTable(headers, rows));
    }

    /// <summary>Shows a person a bar while work goes on, which tells it the share that is done, from 0 to 1.</summary>
    public async Task<T> WithBarAsync<T>(string what, Func<Action<double>, Task<T>> work)
    {
        if (_console is null) return await work(static _ => { });
        return await _console.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(context =>
            {
                ProgressTask bar = context.AddTask(Markup.Escape(what), maxValue: 1);
                return work(done => bar.Value = done);
            });
    }

    /// <summary>
    /// Shows how far long work is, which tells its share from 0 to 1 (negative: nobody knows) and a word about it: a bar with
    /// the time left to a person, a line every few seconds to a file or program.
    /// </summary>
    public async Task<T> WithProgressAsync<T>(string what, TimeProvider clock, Func<Action<double, string>, Task<T>> work)
    {
        if (_console is null) return await work(PlainProgress(what, clock));
        return await _console.Progress().AutoClear(true).Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 20 }, new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(context =>
            {
                ProgressTask bar = context.AddTask(Markup.Escape(Escape(what)), maxValue: 1);
                return work((done, text) =>
                {
                    bar.IsIndeterminate = done < 0;
                    bar.Value = Math.Clamp(done, 0, 1);
                    bar.Description = Markup.Escape(Escape($"{what} {text}"));
                });
            });
    }

    private Action<double, string> PlainProgress(string what, TimeProvider clock)
    {
        long said = clock.GetTimestamp();
        return (done, text) =>
        {
            if (clock.GetElapsedTime(said) < PlainEvery) return;
            said = clock.GetTimestamp();
            Line(Escape(done < 0 ? $"{what} {text}" : string.Create(CultureInfo.InvariantCulture, $"{what} {done:0.0%} {text}")));
        };
    }

    /// <summary>
    /// The text with control characters made visible: an escape sequence must not steer the terminal, and a change of the
    /// direction of writing (U+202E and its like) must not show something else than what is there.
    /// </summary>
    public static string Escape(string text)
    {
        if (!text.Any(IsTreacherous)) return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ when char.IsControl(c) => escaped.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ when IsTreacherous(c) => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => escaped.Append(c),
            };
        }

        return escaped.ToString();
    }

    private static bool IsTreacherous(char c) =>
        char.IsControl(c) || c is (>= '\u200e' and <= '\u200f') or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\u061c';

    private static Table RichTable(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        var table = new Table { Border = TableBorder.Rounded, ShowHeaders = headers.Any(h => h.Length > 0) };
        foreach (string header in headers) table.AddColumn(new TableColumn(new Text(header, new Style(decoration: Decoration.Bold))));
        foreach (IReadOnlyList<string> row in rows) table.AddRow(row.Select(cell => (IRenderable)new Text(Escape(cell))));
        return table;
    }

    private static string Pad(string text, int width) => text + new string(' ', width - Width(text));

    // A Chinese character takes two columns.
    private static int Width(string text) => text.Sum(c => c is (>= '\u1100' and <= '\u115f') or (>= '\u2e80' and <= '\ua4cf') or (>= '\uac00' and <= '\ud7a3') or (>= '\uf900' and <= '\ufaff') or (>= '\uff00' and <= '\uff60') ? 2 : 1);

    private void PlainTable(IReadOnlyList<string> headers, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        IReadOnlyList<IReadOnlyList<string>> all = headers.Any(h => h.Length > 0) ? [headers, .. rows] : rows;
        if (all.Count == 0) return;
        int[] widths = [.. Enumerable.Range(0, headers.Count).Select(column => all.Max(row => Width(Escape(row[column]))))];
        foreach (IReadOnlyList<string> row in all)
            Line(string.Join("  ", row.Select((cell, column) => Pad(Escape(cell), widths[column]))).TrimEnd());
    }
}
