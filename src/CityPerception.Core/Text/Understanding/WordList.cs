using System.Buffers;

namespace CityPerception.Core.Text.Understanding;

/// <summary>Words with a value each, in the order in which they come, end to end: a dictionary is read without a string a word.</summary>
/// <param name="words">About how many there will be.</param>
/// <param name="signs">About how many signs they will have together.</param>
internal sealed class WordList<T>(int words = 64, int signs = 256)
{
    private readonly ArrayBufferWriter<char> _signs = new(signs);
    private readonly List<int> _ends = new(words);
    private readonly List<T> _values = new(words);

    /// <summary>A word that was added, by its number.</summary>
    public ReadOnlySpan<char> this[int word] => _signs.WrittenSpan[(word == 0 ? 0 : _ends[word - 1]).._ends[word]];

    /// <summary>Its value.</summary>
    public T ValueOf(int word) => _values[word];

    public void Add(ReadOnlySpan<char> word, T value)
    {
        _signs.Write(word);
        _ends.Add(_signs.WrittenCount);
        _values.Add(value);
    }

    /// <summary>The numbers of the words in their ordinal order; of equal ones only the first that came.</summary>
    public int[] Sorted()
    {
        int[] order = new int[_ends.Count];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(order, (a, b) => this[a].SequenceCompareTo(this[b]) is var compared and not 0 ? compared : a.CompareTo(b));
        int kept = 0;
        for (int i = 0; i < order.Length; i++)
        {
            if (i == 0 || !this[order[i]].SequenceEqual(this[order[kept - 1]])) order[kept++] = order[i];
        }

        return kept == order.Length ? order : order[..kept];
    }
}
