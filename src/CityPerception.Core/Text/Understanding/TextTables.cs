using System.Globalization;
using System.Text;
using CityPerception.Core.Configuration;
using CityPerception.Core.Lookups;

namespace CityPerception.Core.Text.Understanding;

/// <summary>The tables of <c>ingest-configs/text</c>: what is known of the words that people use.</summary>
public sealed class TextTables
{
    public const string Folder = "text/", LexiconName = Folder + "lexicon.csv", VariantsName = Folder + "variants.csv", KeywordsName = Folder + "keywords.csv";

    /// <summary>Longer ones are sentences.</summary>
    private const int MaxWordLength = 16;

    private static readonly string[] Names = [LexiconName, VariantsName, KeywordsName];

    /// <summary>Scores texts; null without its table.</summary>
    public Lexicon? Lexicon { get; private init; }

    /// <summary>Finds what texts are about.</summary>
    public required KeywordFinder Keywords { get; init; }

    /// <summary>How signs are read.</summary>
    public required PlainSigns Signs { get; init; }

    /// <summary>Reads the tables that there are; none of them has to be there.</summary>
    /// <param name="paths">The files of the folder.</param>
    /// <param name="read">Gives a file's text; null for one with faults of its own.</param>
    /// <param name="faults">Takes what is wrong.</param>
    internal static TextTables Load(IEnumerable<string> paths, Func<string, string?> read, ConfigFaults faults)
    {
        var rows = new Dictionary<string, List<Row>>();
        foreach (string path in paths)
        {
            if (!Names.Contains(path)) faults.Add(new ConfigPlace(path, 1, 1), "", "a table that nothing reads", string.Join(", ", Names), Suggest.Closest(path, Names));
            else if (read(path) is { } csv) rows[path] = Rows(path, csv, faults);
        }

        List<Row> Of(string name) => rows.GetValueOrDefault(name, []);
        var signs = new PlainSigns(Of(VariantsName).Select(r => Variant(r, faults)).OfType<KeyValuePair<char, char>>());
        KeyValuePair<string, LexiconWord>[] words = [.. Of(LexiconName).Select(r => Word(r, faults)).OfType<KeyValuePair<string, LexiconWord>>()];
        return new TextTables
        {
            Signs = signs,
            Lexicon = rows.ContainsKey(LexiconName) ? new Lexicon(signs, words) : null,
            Keywords = new KeywordFinder(signs, Of(KeywordsName).Select(r => Keyword(r, faults)).OfType<KeyValuePair<string, bool>>()),
        };
    }

    private static List<Row> Rows(string path, string csv, ConfigFaults faults)
    {
        if (LookupReader.Read(path, csv, faults, out IReadOnlyList<int> lines) is not { } table) return [];
        string[] columns = path switch
        {
            LexiconName => ["word", "kind", "weight"],
            VariantsName => ["sign", "read_as"],
            _ => ["word", "kind"],
        };
        if (table.Columns.SequenceEqual(columns)) return [.. table.Rows.Select((r, i) => new Row(new ConfigPlace(path, lines[i], 1), [.. columns.Select((_, c) => Encoding.UTF8.GetString(r.Get(c)))]))];
        faults.Add(new ConfigPlace(path, 1, 1), "", $"the columns {string.Join(",", table.Columns)}", string.Join(",", columns));
        return [];
    }

    private static KeyValuePair<string, LexiconWord>? Word(Row row, ConfigFaults faults)
    {
        if (!IsWord(row, faults)) return null;
        (_, string kindName, string weightText) = (row.Cells[0], row.Cells[1], row.Cells[2]);
        if (!LexiconWord.Kinds.TryGetValue(kindName, out (LexiconKind Kind, double Least, double Most) kind))
        {
            row.Fault(faults, "kind", kindName, string.Join(", ", LexiconWord.Kinds.Keys), Suggest.Closest(kindName, [.. LexiconWord.Kinds.Keys]));
            return null;
        }

        if (double.TryParse(weightText, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double weight)
            && weight >= kind.Least && weight <= kind.Most)
            return new(row.Cells[0], new LexiconWord(kind.Kind, weight));
        row.Fault(faults, "weight", weightText, string.Create(CultureInfo.InvariantCulture, $"a number from {kind.Least} to {kind.Most} for a {kindName}"));
        return null;
    }

    private static KeyValuePair<char, char>? Variant(Row row, ConfigFaults faults)
    {
        if (row.Cells is [[var sign], [var readAs]]) return new(sign, readAs);
        row.Fault(faults, "sign", string.Join(",", row.Cells), "one sign, and the one it is read as: 氣,气");
        return null;
    }

    private static KeyValuePair<string, bool>? Keyword(Row row, ConfigFaults faults)
    {
        if (!IsWord(row, faults)) return null;
        if (row.Cells[1] is "keep" or "drop") return new(row.Cells[0], row.Cells[1] == "keep");
        row.Fault(faults, "kind", row.Cells[1], "keep, drop");
        return null;
    }

    private static bool IsWord(Row row, ConfigFaults faults)
    {
        if (row.Cells[0].Length <= MaxWordLength) return true;
        row.Fault(faults, "word", row.Cells[0], $"at most {MaxWordLength} signs");
        return false;
    }

    private sealed record Row(ConfigPlace Place, string[] Cells)
    {
        public void Fault(ConfigFaults faults, string column, string found, string allowed, string? suggestion = null) =>
            faults.Add(Place, column, ConfigScalar.Quote(found), allowed, suggestion);
    }
}
