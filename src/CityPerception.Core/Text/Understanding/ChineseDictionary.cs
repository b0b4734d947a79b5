using System.Buffers.Text;
using System.Text;

namespace CityPerception.Core.Text.Understanding;

/// <summary>jieba's dictionary: 349,000 Chinese words, how often each is written, and what kind of word it is.</summary>
/// <remarks>Some 15 MB once it is loaded, which takes a fraction of a second: it is loaded when something asks for it first.</remarks>
internal static class ChineseDictionary
{
    private static readonly Lazy<WordIndex<DictionaryWord>> Loaded = new(Load);

    /// <summary>The words. Waits while they are being loaded.</summary>
    public static WordIndex<DictionaryWord> Words => Loaded.Value;

    /// <summary>Begins to load them, so that the first text need not wait.</summary>
    public static void Prepare() => _ = Task.Run(() => Loaded.Value);

    private static WordIndex<DictionaryWord> Load()
    {
        byte[] file = ReadResource();
        double total = Lines(file).Sum(static l => (double)l.Frequency);
        return new WordIndex<DictionaryWord>(Lines(file).Select(l =>
            KeyValuePair.Create(l.Word, new DictionaryWord((float)Math.Log(total / Math.Max(l.Frequency, 1)), SaysATopic(l.Kind)))));
    }

    private static byte[] ReadResource()
    {
        using Stream stream = typeof(ChineseDictionary).Assembly.GetManifestResourceStream("jieba-dict.txt")!;
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }

    // "路灯 331 n": word, frequency, part of speech by the tags of ICTCLAS.
    private static IEnumerable<(string Word, int Frequency, string Kind)> Lines(byte[] file)
    {
        for (int at = 0; at < file.Length;)
        {
            int end = Array.IndexOf(file, (byte)'\n', at) is >= 0 and var found ? found : file.Length;
            if (TryLine(file.AsSpan(at, end - at), out (string, int, string) line)) yield return line;
            at = end + 1;
        }
    }

    private static bool TryLine(ReadOnlySpan<byte> line, out (string Word, int Frequency, string Kind) parts)
    {
        parts = default;
        line = line.Trim("\r\n \uFEFF"u8);
        int first = line.IndexOf((byte)' '), last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first || !Utf8Parser.TryParse(line[(first + 1)..last], out int frequency, out _)) return false;
        string kind = line[last + 1] switch { (byte)'n' => line[(last + 1)..] is [_, (byte)'r', ..] ? "nr" : "n", (byte)'v' => "v", (byte)'j' => "j", (byte)'l' => "l", _ => "" };
        parts = (Encoding.UTF8.GetString(line[..first]), frequency, kind);
        return true;
    }

    // Names of people (nr) are none: topics are shown to everybody.
    private static bool SaysATopic(string kind) => kind is "n" or "v" or "j" or "l";
}

/// <summary>A word of the dictionary.</summary>
/// <param name="Cost">How rare it is: the negative logarithm of its share of all words written.</param>
/// <param name="SaysTopic">A noun, verb, abbreviation or set phrase; no name of a person.</param>
internal readonly record struct DictionaryWord(float Cost, bool SaysTopic);
