using System.Globalization;
using System.Text;
using CityPerception.DeadLetters;
using CityPerception.Sources.Http;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.Cli;

/// <summary>Prints dead letters.</summary>
internal static class DeadLetterReport
{
    /// <param name="terminal">Where to.</param>
    /// <param name="letters">The newest first.</param>
    /// <param name="state">Which were asked for; null for all.</param>
    public static void PrintList(Terminal terminal, IReadOnlyList<LetterView> letters, DeadLetterState? state)
    {
        if (letters.Count == 0)
        {
            terminal.Line(state is DeadLetterState.Open ? "No open dead letters (--state all lists those replayed too). 没有未处理的死信。" : "No dead letters. 没有死信。");
            return;
        }

        terminal.Table(
            ["ID", "Time 时间", "State 状态", "Source 数据源", "Reason 原因", "Where 位置", "Detail 说明", "Bytes 字节"],
            [.. letters.Select(l => (string[])[l.Id.ToString(), Iso(l.Time), l.State, l.Source, l.Reason, l.Path, Detail(l), Whole(l.Bytes)])]);
    }

    public static void PrintOne(Terminal terminal, LetterDetails details)
    {
        LetterView letter = details.Letter;
        List<string[]> rows =
        [
            ["ID", letter.Id.ToString()],
            ["State 状态", letter.State],
            ["Time 时间", Iso(letter.Time)],
            ["Source 数据源", letter.Source],
            ["By 来自", letter.Transport],
            ["Topic 主题", letter.Topic ?? ""],
            ["Reason 原因", letter.Reason],
            ["Where 位置", letter.Path],
            ["Detail 说明", Detail(letter)],
            ["Bytes 字节", Whole(letter.Bytes)],
        ];
        if (letter.Discarded is { } why) rows.Add(["Discarded 放弃", why]);
        if (letter.LastReplay is { } time) rows.Add(["Replay 重放", letter.Observations is { } became ? $"{Iso(time)}: {became} observations" : $"{Iso(time)}: refused again"]);
        rows.AddRange(details.Properties?.Select(p => (string[])["Property 属性", $"{p.Key}: {p.Value}"]) ?? []);
        terminal.Table(["", ""], rows);
        foreach (IngestError other in details.Rejections.Skip(1)) terminal.Line($"also: {Words(other)}");
        foreach (IngestError first in details.FirstRejections ?? []) terminal.Line($"at first: {Words(first)}");
        terminal.Line();
        foreach (string line in Payload(details)) terminal.Line(line);
    }

    private static IEnumerable<string> Payload(LetterDetails details)
    {
        if (details.PayloadBase64 is { } bytes) return Readable(bytes.Span);
        string shown = details.PayloadText is { } text ? "Words of people, masked; --raw shows the bytes as they came. 涉及个人信息，已脱敏；--raw 显示原始字节。" : "Words of people, and no text that could be masked. 涉及个人信息，无法以脱敏文本显示。";
        return [shown, .. Lines(details.PayloadText ?? "")];
    }

    private static IEnumerable<string> Lines(string text) => text.ReplaceLineEndings("\n").Split('\n').Select(Terminal.Escape);

    private static string Words(IngestError error) => $"element {error.Index}: {Terminal.Escape(error.Path)}: {error.Reason}: {Terminal.Escape(error.Detail)}";

    private static string Detail(LetterView letter) => letter.Rejected > 1 ? $"{letter.Detail} (and {letter.Rejected - 1} more)" : letter.Detail;

    // Text as text; anything else as a hex dump, sixteen bytes a line.
    private static IEnumerable<string> Readable(ReadOnlySpan<byte> payload)
    {
        if (System.Text.Unicode.Utf8.IsValid(payload) && !payload.Contains((byte)0))
            return Lines(Encoding.UTF8.GetString(payload));

        var lines = new List<string>();
        for (int at = 0; at < payload.Length; at += 16)
        {
            ReadOnlySpan<byte> row = payload[at..Math.Min(at + 16, payload.Length)];
            var text = new StringBuilder();
            foreach (byte b in row) text.Append(b is >= 0x20 and < 0x7f ? (char)b : '.');
            lines.Add($"{at:x6}  {Convert.ToHexStringLower(row).PadRight(32)}  {text}");
        }

        return lines;
    }

    private static string Whole(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
