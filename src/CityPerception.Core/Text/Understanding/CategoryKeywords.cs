using System.Text;
using CityPerception.Core.Lookups;

namespace CityPerception.Core.Text.Understanding;

/// <summary>
/// Suggests a category by the words of a table (漏水 → utilities). The category most of whose words occur in the text wins,
/// every occurrence counting as much as the word has signs; of equal ones the one that comes first in the text.
/// </summary>
internal sealed class CategoryKeywords
{
    /// <summary>Of more no text needs to be told apart.</summary>
    public const int MaxCategories = 128;

    private readonly PlainSigns _signs;
    private readonly WordIndex<int> _words;
    private readonly byte[][] _categories;

    /// <param name="signs">How signs are read.</param>
    /// <param name="table">Its first column holds the words.</param>
    /// <param name="column">The column with the category; a row without one hides words that are part of its own.</param>
    public CategoryKeywords(PlainSigns signs, LookupTable table, int column)
    {
        _signs = signs;
        KeyValuePair<string, string>[] rows = [.. table.Rows.Select(r => KeyValuePair.Create(signs.Of(Encoding.UTF8.GetString(r.Get(0))), Encoding.UTF8.GetString(r.Get(column))))];
        Categories = [.. rows.Select(r => r.Value).Where(c => c.Length > 0).Distinct()];
        _categories = [.. Categories.Select(Encoding.UTF8.GetBytes)];
        Dictionary<string, int> indexes = Categories.Index().ToDictionary(c => c.Item, c => c.Index);
        _words = new WordIndex<int>(rows.Select(r => KeyValuePair.Create(r.Key, indexes.GetValueOrDefault(r.Value, -1))));
    }

    /// <summary>What it can suggest, in the order of the table.</summary>
    public IReadOnlyList<string> Categories { get; }

    /// <summary>The category of a text; empty for none. Allocates nothing.</summary>
    public ReadOnlySpan<byte> Find(ReadOnlySpan<byte> utf8)
    {
        ReadOnlySpan<char> text = _signs.Read(utf8, stackalloc char[PlainSigns.MaxLength]);
        Span<int> counts = stackalloc int[MaxCategories];
        Span<int> firsts = stackalloc int[MaxCategories];
        int best = -1;
        for (int at = 0; at < text.Length;)
        {
            if (!_words.TryLongest(text[at..], out int length, out int category))
            {
                at++;
                continue;
            }

            if (category >= 0)
            {
                if (counts[category] == 0) firsts[category] = at;
                counts[category] += length;
                if (best < 0 || counts[category] > counts[best] || (counts[category] == counts[best] && firsts[category] < firsts[best])) best = category;
            }

            at += length;
        }

        return best < 0 ? default : _categories[best];
    }
}
