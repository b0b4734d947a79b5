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

    // A start is over by then, and so are the commands that only read the configuration.
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(3);

    /// <summary>Loads them soon, so that the first text need not wait.</summary>
    public static void Prepare() => _ = Task.Delay(AfterStart).ContinueWith(static _ => Loaded.Value, TaskScheduler.Default);

    private static WordIndex<DictionaryWord> Load()
    {
        List<(string Word, int Frequency, bool SaysTopic)> lines = [.. Lines(ReadResource())];
        double total = lines.Sum(static l => (double)l.Frequency);
        return new WordIndex<DictionaryWord>(lines.Select(l => KeyValuePair.Create(l.Word, new DictionaryWord((float)Math.Log(total / Math.Max(l.Frequency, 1)), l.SaysTopic))));
    }

    private static byte[] ReadResource()
    {
        using Stream stream = typeof(ChineseDictionary).Assembly.GetManifestResourceStream("jieba-dict.txt")!;
        byte[] file = new byte[stream.Length];
        stream.ReadExactly(file);
        return file;
    }

    // "路灯 331 n": word, frequency, part of speech by the tags of ICTCLAS.
    private static IEnumerable<(string Word, int Frequency, bool SaysTopic)> Lines(byte[] file)
    {
        for (int at = 0; at < file.Length;)
        {
            int end = Array.IndexOf(file, (byte)'\n', at) is >= 0 and var found ? found : file.Length;
            if (TryLine(file.AsSpan(at, end - at), out (string, int, bool) line)) yield return line;
            at = end + 1;
        }
    }

    private static bool TryLine(ReadOnlySpan<byte> line, out (string Word, int Frequency, bool SaysTopic) parts)
    {
        parts = default;
        line = line.Trim("\r\n \uFEFF"u8);
        int first = line.IndexOf((byte)' '), last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first || !Utf8Parser.TryParse(line[(first + 1)..last], out int frequency, out _)) return false;
        ReadOnlySpan<byte> kind = line[(last + 1)..];
        // Names of people (nr) say none: topics are shown to everybody.
        bool saysTopic = kind is [(byte)'n' or (byte)'v' or (byte)'j' or (byte)'l', ..] and not [_, (byte)'r', ..];
        parts = (Encoding.UTF8.GetString(line[..first]), frequency, saysTopic);
        return true;
    }
}

/// <summary>A word of the dictionary.</summary>
/// <param name="Cost">How rare it is: the negative logarithm of its share of all words written.</param>
/// <param name="SaysTopic">A noun, verb, abbreviation or set phrase; no name of a person.</param>
internal readonly record struct DictionaryWord(float Cost, bool SaysTopic);
