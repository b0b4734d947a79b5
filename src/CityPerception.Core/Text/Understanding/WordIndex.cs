namespace CityPerception.Core.Text.Understanding;

/// <summary>A fixed set of words, each with a value, asked which of them begin at a place of a text.</summary>
/// <remarks>
/// The words lie sorted in one array: those that share a beginning are neighbours, so each further sign of the text narrows
/// a range. A dictionary of 350,000 words is a few large objects, and asking allocates nothing.
/// </remarks>
internal sealed class WordIndex<T>
{
    private readonly char[] _signs;
    private readonly int[] _starts;
    private readonly T[] _values;
    private readonly Dictionary<char, (int Low, int High)> _byFirst = [];

    /// <param name="words">Not empty; of a word that comes again the first counts.</param>
    public WordIndex(IEnumerable<KeyValuePair<string, T>> words)
        : this(Collect(words))
    {
    }

    /// <param name="words">Not empty; of a word that comes again the first counts.</param>
    public WordIndex(WordList<T> words)
    {
        int[] order = words.Sorted();
        _signs = new char[order.Sum(i => words[i].Length)];
        _starts = new int[order.Length + 1];
        _values = new T[order.Length];
        for (int i = 0; i < order.Length; i++)
        {
            ReadOnlySpan<char> word = words[order[i]];
            word.CopyTo(_signs.AsSpan(_starts[i]));
            _starts[i + 1] = _starts[i] + word.Length;
            _values[i] = words.ValueOf(order[i]);
            _byFirst[word[0]] = (_byFirst.TryGetValue(word[0], out (int Low, int High) range) ? range.Low : i, i + 1);
        }
    }

    /// <summary>How many words there are.</summary>
    public int Count => _values.Length;

    /// <summary>The longest word that the text begins with.</summary>
    public bool TryLongest(ReadOnlySpan<char> text, out int length, out T value)
    {
        (length, value) = (0, default!);
        Beginning beginning = BeginningsOf(text);
        while (beginning.MoveNext()) (length, value) = (beginning.Length, beginning.Value);
        return length > 0;
    }

    /// <summary>All words that the text begins with, the shortest first.</summary>
    public Beginning BeginningsOf(ReadOnlySpan<char> text) => new(this, text);

    private static WordList<T> Collect(IEnumerable<KeyValuePair<string, T>> words)
    {
        var list = new WordList<T>();
        foreach ((string word, T value) in words) list.Add(word, value);
        return list;
    }

    // The words from low to high begin alike; those of them whose sign at a place is the wanted one.
    private (int Low, int High) Narrow(int low, int high, int at, char sign)
    {
        int start = FirstNotBelow(low, high, at, sign);
        return (start, sign == char.MaxValue ? high : FirstNotBelow(start, high, at, (char)(sign + 1)));
    }

    private int FirstNotBelow(int low, int high, int at, char sign)
    {
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            int place = _starts[middle] + at;
            if (place >= _starts[middle + 1] || _signs[place] < sign) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>Walks over the words that a text begins with.</summary>
    public ref struct Beginning(WordIndex<T> index, ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private int _low, _high, _read;

        /// <summary>How many signs of the text the word is.</summary>
        public int Length { get; private set; }

        public T Value { get; private set; } = default!;

        public bool MoveNext()
        {
            while (_read < _text.Length)
            {
                if (_read > 0) (_low, _high) = index.Narrow(_low, _high, _read, _text[_read]);
                else if (index._byFirst.TryGetValue(_text[0], out (int Low, int High) range)) (_low, _high) = range;
                if (_low >= _high) return false;

                _read++;
                if (index._starts[_low + 1] - index._starts[_low] != _read) continue;
                (Length, Value) = (_read, index._values[_low]);
                return true;
            }

            return false;
        }
    }
}
