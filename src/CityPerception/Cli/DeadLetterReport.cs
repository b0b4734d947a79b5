using System.Globalization;
using System.Text;

namespace CityPerception.Cli;

/// <summary>A dead letter as the commands print it.</summary>
/// <param name="Id">What <c>show</c> takes.</param>
/// <param name="Time">When it arrived.</param>
/// <param name="Source">The source's name; empty where none is known.</param>
/// <param name="Topic">The MQTT topic or HTTP route; empty for none.</param>
/// <param name="Reason">In snake_case.</param>
/// <param name="Path">Where in the message.</param>
/// <param name="Detail">What was found and what is allowed.</param>
/// <param name="Payload">The original bytes.</param>
internal sealed record DeadLetterView(
    string Id, DateTimeOffset Time, string Source, string Topic, string Reason, string Path, string Detail, ReadOnlyMemory<byte> Payload);

/// <summary>Prints dead letters.</summary>
internal static class DeadLetterReport
{
    public static void PrintList(Terminal terminal, IReadOnlyList<DeadLetterView> letters)
    {
        if (letters.Count == 0)
        {
            terminal.Line("No dead letters. 没有死信。");
            return;
        }

        terminal.Table(
            ["ID", "Time 时间", "Source 数据源", "Reason 原因", "Where 位置", "Detail 说明", "Bytes 字节"],
            [.. letters.Select(l => (string[])[l.Id, Iso(l.Time), l.Source, l.Reason, l.Path, l.Detail, l.Payload.Length.ToString(CultureInfo.InvariantCulture)])]);
    }

    public static void PrintOne(Terminal terminal, DeadLetterView letter)
    {
        terminal.Table(["", ""],
        [
            ["ID", letter.Id],
            ["Time 时间", Iso(letter.Time)],
            ["Source 数据源", letter.Source],
            ["Topic 主题", letter.Topic],
            ["Reason 原因", letter.Reason],
            ["Where 位置", letter.Path],
            ["Detail 说明", letter.Detail],
            ["Bytes 字节", letter.Payload.Length.ToString(CultureInfo.InvariantCulture)],
        ]);
        terminal.Line();
        foreach (string line in Readable(letter.Payload.Span)) terminal.Line(line);
    }

    // Text as text; anything else as a hex dump, sixteen bytes a line.
    private static IEnumerable<string> Readable(ReadOnlySpan<byte> payload)
    {
        if (System.Text.Unicode.Utf8.IsValid(payload) && !payload.Contains((byte)0))
            return Encoding.UTF8.GetString(payload).ReplaceLineEndings("\n").Split('\n').Select(Terminal.Escape);

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

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
