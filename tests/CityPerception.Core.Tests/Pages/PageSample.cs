using System.Text;
using System.Text.RegularExpressions;

namespace CityPerception.Core.Tests.Pages;

/// <summary>A message that a page of docs/connect shows, and what the page says it becomes (docs/connect/README.md has the form).</summary>
/// <param name="Page">The page's file name.</param>
/// <param name="Number">Its place on the page, from 1.</param>
/// <param name="Words">What stands behind the word "sample": <c>source=NAME</c>, <c>topic=…</c>, <c>retained</c>, <c>shipped</c>, <c>hex</c>, <c>crlf</c>.</param>
/// <param name="Text">The block's text.</param>
/// <param name="Expected">The text block that follows.</param>
internal sealed record PageSample(string Page, int Number, IReadOnlyList<string> Words, string Text, string Expected)
{
    private static readonly Regex Blocks = new(
        @"^```(?<lang>\S+) sample(?<words>[^\n]*)\n(?<text>.*?)^```\s*?\n\s*(?:^```text\n(?<expected>.*?)^```\s*?$)?",
        RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant);

    public string Source => Word("source") ?? throw new InvalidDataException($"{Page}, sample {Number}: no source=NAME");

    public string Topic => Word("topic") ?? "";

    public byte[] Payload => Has("hex")
        ? Convert.FromHexString(string.Concat(Text.Where(c => !char.IsWhiteSpace(c))))
        : Encoding.UTF8.GetBytes(Has("crlf") ? Text.ReplaceLineEndings("\r\n") : Text.TrimEnd('\n'));

    public bool Has(string word) => Words.Contains(word);

    public static IEnumerable<PageSample> Read(string file)
    {
        string page = File.ReadAllText(file).ReplaceLineEndings("\n");
        return Blocks.Matches(page).Select((block, i) => new PageSample(
            Path.GetFileName(file),
            i + 1,
            block.Groups["words"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            block.Groups["text"].Value,
            block.Groups["expected"].Success ? block.Groups["expected"].Value : throw new InvalidDataException($"{Path.GetFileName(file)}, sample {i + 1}: no ```text block follows")));
    }

    private string? Word(string name) =>
        Words.FirstOrDefault(w => w.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];
}
