using System.Text;
using System.Text.Json;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Tests.Configuration;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Pages;

/// <summary>
/// The pages that show how to connect something are true: their samples become what stands below them.
/// <c>UPDATE_CASES=1</c> writes what came out into the pages, to be read before it is committed.
/// </summary>
public sealed class ConnectPagesTests
{
    /// <summary>2026-11-24T04:00:00Z, when the pages' messages arrive.</summary>
    private static readonly long ReceivedNs = new DateTimeOffset(2026, 11, 24, 4, 0, 0, TimeSpan.Zero).ToUnixNs();

    private static readonly string Folder = RepositoryFolder.Find("docs/connect");

    public static TheoryData<string> Pages => [.. PageNames().Where(p => p != "README.md")];

    [Theory, MemberData(nameof(Pages))]
    public void Samples_OfAPage_BecomeWhatThePageShows(string page)
    {
        string file = Path.Combine(Folder, page);
        PageSample[] samples = [.. PageSample.Read(file)];
        var shown = new List<string>();
        var actual = new List<string>();
        foreach (PageSample sample in samples)
        {
            shown.Add($"sample {sample.Number}:\n{sample.Expected}");
            actual.Add($"sample {sample.Number}:\n{Try(sample)}");
        }

        if (Environment.GetEnvironmentVariable("UPDATE_CASES") == "1") Update(file, samples);
        else Assert.Equal(string.Join('\n', shown), string.Join('\n', actual));
    }

    [Fact]
    public void Samples_CalledShipped_AreTheFilesOfTheSamplesFolder()
    {
        PageSample[] shipped = [.. PageNames().SelectMany(p => PageSample.Read(Path.Combine(Folder, p))).Where(s => s.Has("shipped"))];
        Assert.NotEmpty(shipped);
        Assert.All(shipped, s =>
        {
            string file = Assert.Single(Directory.GetFiles(Path.Combine(ShippedFiles.Folder, "samples"), s.Source + ".*"));
            if (s.Has("hex")) Assert.Equal(File.ReadAllBytes(file), s.Payload);
            else Assert.Equal(File.ReadAllText(file).TrimEnd(), s.Text.TrimEnd());
        });
    }

    [Fact]
    public void Index_OfThePages_LinksEachOfThem()
    {
        string index = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(Pages, p => Assert.Contains($"({p.Data})", index, StringComparison.Ordinal));
    }

    private static IEnumerable<string> PageNames() => Directory.GetFiles(Folder, "*.md").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    // As the command `try` prints it.
    private static string Try(PageSample sample)
    {
        var run = new MappingRun();
        var message = new Message
        {
            Payload = sample.Payload,
            Topic = Encoding.UTF8.GetBytes(sample.Topic),
            ReceivedNs = ReceivedNs,
            Retained = sample.Has("retained"),
        };
        Assert.True(ShippedFiles.Plan.Sources.TryGetValue(sample.Source, out CompiledSource? source), $"{sample.Page}: no source {sample.Source}");
        source.Map(message, run);

        string rejected = string.Concat(run.Rejections.Select(r =>
            $"rejected: element {r.Index}: {r.Path}: {JsonNamingPolicy.SnakeCaseLower.ConvertName(r.Reason.ToString())}: {r.Detail}\n"));
        string nothing = run.Lines.LineCount > 0 ? "" : $"0 accepted, {run.RejectedCount} rejected, {run.FilteredCount} filtered; nothing stored.\n";
        return Encoding.UTF8.GetString(run.Lines.Written) + rejected + nothing;
    }

    private static void Update(string file, PageSample[] samples)
    {
        string page = File.ReadAllText(file);
        int at = 0;
        foreach (PageSample sample in samples)
        {
            at = page.IndexOf(sample.Text, at, StringComparison.Ordinal) + sample.Text.Length;
            at = page.IndexOf("```text\n", at, StringComparison.Ordinal) + "```text\n".Length;
            page = page[..at] + Try(sample) + page[(at + sample.Expected.Length)..];
        }

        File.WriteAllText(file, page);
    }
}
