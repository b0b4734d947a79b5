using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using CityPerception.Core.Observations;
using CityPerception.Observability;
using CityPerception.Tests.Hosting;

namespace CityPerception.Tests.Screens;

public sealed partial class StartPageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_EveryReference_IsServedByThisServer()
    {
        await using TestServer server = await TestServer.StartAsync();
        string html = await server.Client.GetStringAsync("/", Ct);

        string[] references = [.. Reference().Matches(html).Select(m => m.Groups[1].Value).Where(r => !r.StartsWith('#')).Distinct()];
        Assert.Contains("wall.js", references);
        foreach (string reference in references)
        {
            Assert.DoesNotContain("//", reference, StringComparison.Ordinal);
            using HttpResponseMessage answer = await server.Client.GetAsync("/" + reference, HttpCompletionOption.ResponseHeadersRead, Ct);
            Assert.True(answer.StatusCode is HttpStatusCode.OK, $"{reference}: {answer.StatusCode}");
        }
    }

    [Fact]
    public async Task Page_ItsModules_ImportOnlyEachOtherAndNoAddressOutside()
    {
        await using TestServer server = await TestServer.StartAsync();
        var seen = new HashSet<string>();
        var open = new Queue<string>(["live.js", "wall.js", "sign-in.js"]);
        while (open.TryDequeue(out string? module))
        {
            if (!seen.Add(module)) continue;
            string script = await server.Client.GetStringAsync("/" + module, Ct);
            foreach (Match import in Import().Matches(script)) open.Enqueue(import.Groups[1].Value);
            Assert.DoesNotMatch(@"https?://(?!www\.w3\.org/2000/svg)", script);
            Assert.DoesNotMatch("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|eval\\(", script);
        }

        Assert.Contains("view.js", seen);
        Assert.DoesNotMatch("url\\(|@import", await server.Client.GetStringAsync("/page.css", Ct));
    }

    [Fact]
    public async Task Page_UnderItsPolicy_HasNoInlineScriptsOrStyles()
    {
        await using TestServer server = await TestServer.StartAsync();
        string html = await server.Client.GetStringAsync("/", Ct);
        Assert.DoesNotMatch("<style|\\sstyle=|\\son[a-z]+=|javascript:|<script(?![^>]*\\ssrc=)", html);
    }

    [Fact]
    public async Task Texts_OfBothLanguages_HaveEveryKeyAndEveryReason()
    {
        await using TestServer server = await TestServer.StartAsync();
        string texts = await server.Client.GetStringAsync("/texts.js", Ct);
        string html = await server.Client.GetStringAsync("/ingest", Ct);

        foreach (Match key in TextKey().Matches(html)) Assert.Equal(2, Regex.Count(texts, $@"\b{key.Groups[1].Value}: """));
        foreach (string reason in Enum.GetValues<RejectionReason>().Select(r => IngestMetrics.ReasonNames[r])) Assert.Equal(2, Regex.Count(texts, $@"\b{reason}: """));
    }

    [Fact]
    public async Task Page_AskedAgainWithItsTag_IsNotSentAgain()
    {
        await using TestServer server = await TestServer.StartAsync();
        using HttpResponseMessage first = await server.Client.GetAsync("/", Ct);
        EntityTagHeaderValue tag = Assert.IsType<EntityTagHeaderValue>(first.Headers.ETag);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { IfNoneMatch = { tag } } };
        using HttpResponseMessage second = await server.Client.SendAsync(again, Ct);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Reference();

    [GeneratedRegex("from \"\\./([^\"]+)\"")]
    private static partial Regex Import();

    [GeneratedRegex("data-text=\"([^\"]+)\"")]
    private static partial Regex TextKey();
}
