using System.Buffers.Text;
using System.Text;

namespace CityPerception.Core.Text.Understanding;

/// <summary>jieba's dictionary: 349,000 Chinese words, how often each is written, and what kind of word it is.</summary>
/// <remarks>Some 15 MB once it is loaded, which takes a fraction of a second: it is loaded when something asks for it first.</remarks>
internal static class ChineseDictionary
{
    // The longest that jieba has are of 16 signs.
    private const int MaxWordBytes = 256;

    // Of a Chinese sign in UTF-8.
    private const int BytesOfASign = 3;

    private static readonly Lazy<WordIndex<DictionaryWord>> Loaded = new(Load);

    /// <summary>The words. Waits while they are being loaded.</summary>
    public static WordIndex<DictionaryWord> Words => Loaded.Value;

    // A start is over by then, and so are the commands that only read the configuration.
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(3);

    /// <summary>Loads them soon, so that the first text need not wait.</summary>
    public static void Prepare() => _ = Task.Delay(AfterStart).ContinueWith(static _ => Loaded.Value, TaskScheduler.Default);

    // Twice over the file: how rare a word is depends on all of them.
    private static WordIndex<DictionaryWord> Load()
    {
        byte[] file = ReadResource();
        double total = 0;
        (int count, int bytes) = (0, 0);
        foreach (Range range in file.AsSpan().Split((byte)'\n'))
        {
            if (!TryLine(file.AsSpan()[range], out ReadOnlySpan<byte> word, out int frequency, out _)) continue;
            total += frequency;
            (count, bytes) = (count + 1, bytes + word.Length);
        }

        var words = new WordList<DictionaryWord>(count, bytes / BytesOfASign + count);
        Span<char> signs = stackalloc char[MaxWordBytes];
        foreach (Range range in file.AsSpan().Split((byte)'\n'))
        {
            if (!TryLine(file.AsSpan()[range], out ReadOnlySpan<byte> word, out int frequency, out bool saysTopic)) continue;
            words.Add(signs[..Encoding.UTF8.GetChars(word, signs)], new DictionaryWord((float)Math.Log(total / Math.Max(frequency, 1)), saysTopic));
        }

        return new WordIndex<DictionaryWord>(words);
    }

    private static byte[] ReadResource()
    {
        using Stream stream = typeof(ChineseDictionary).Assembly.GetManifestResourceStream("jieba-dict.txt")!;
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }

    // "路灯 331 n": word, frequency, part of speech by the tags of ICTCLAS.
    private static bool TryLine(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> word, out int frequency, out bool saysTopic)
    {
        word = default;
        (frequency, saysTopic) = (0, false);
        line = line.Trim("\r\n \uFEFF"u8);
        int first = line.IndexOf((byte)' '), last = line.LastIndexOf((byte)' ');
        if (first is <= 0 or > MaxWordBytes || last <= first || !Utf8Parser.TryParse(line[(first + 1)..last], out frequency, out _)) return false;
        word = line[..first];
        ReadOnlySpan<byte> kind = line[(last + 1)..];
        // Names of people (nr) say none: topics are shown to everybody.
        saysTopic = kind is [(byte)'n' or (byte)'v' or (byte)'j' or (byte)'l', ..] and not [_, (byte)'r', ..];
        return true;
    }
}

/// <summary>A word of the dictionary.</summary>
/// <param name="Cost">How rare it is: the negative logarithm of its share of all words written.</param>
/// <param name="SaysTopic">A noun, verb, abbreviation or set phrase; no name of a person.</param>
internal readonly record struct DictionaryWord(float Cost, bool SaysTopic);
