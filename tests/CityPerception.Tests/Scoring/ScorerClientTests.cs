using CityPerception.Scoring;
using CityPerception.TestKit;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Tests.Scoring;

/// <summary>What a scorer may answer, and what of that counts.</summary>
public sealed class ScorerClientTests
{
    private static readonly string[] Texts = ["路灯坏了", "很好"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"scores":[-1,0.12345]}""", -1, 0.123)]
    [InlineData("""{"model":"m1","scores":[1.0,-0.0004],"took":3}""", 1, 0)]
    public async Task Ask_Scores_AreTakenWithThreeDecimals(string answer, double first, double second)
    {
        ScorerReply reply = await AskAsync(_ => Json(answer));
        Assert.Equal((ScorerFault.None, ""), (reply.Fault, reply.Why));
        Assert.Equal([first, second], reply.Scores!);
        Assert.DoesNotContain(reply.Scores!, s => s == 0 && double.IsNegative(s)); // it would be written as -0
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("""{"scores":[0.1,NaN]}""")]
    [InlineData("""{"scores":[0.1,"NaN"]}""")]
    [InlineData("""{"scores":[0.1,null]}""")]
    [InlineData("""{"scores":[0.1]}""")]
    [InlineData("""{"scores":[0.1,0.2,0.3]}""")]
    [InlineData("""{"scores":[0.1,1.001]}""")]
    [InlineData("""{"scores":[-2,0.1]}""")]
    [InlineData("""{"scores":[0.1,1e400]}""")]
    [InlineData("""{"scores":null}""")]
    [InlineData("""{"score":[0.1,0.2]}""")]
    [InlineData("""[0.1,0.2]""")]
    [InlineData("null")]
    public async Task Ask_AnswerThatIsNone_IsNotTaken(string answer)
    {
        ScorerReply reply = await AskAsync(_ => Json(answer));
        Assert.Equal(ScorerFault.AnswerInvalid, reply.Fault);
        Assert.Null(reply.Scores);
    }

    [Fact]
    public async Task Ask_AnswerWithoutEnd_IsCutOff()
    {
        ScorerReply reply = await AskAsync(_ => Json($$"""{"scores":[0.1,0.2],"why":"{{new string('x', 1 << 20)}}"}"""));
        Assert.Equal(ScorerFault.AnswerInvalid, reply.Fault);
        Assert.Contains("more than", reply.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(401)]
    [InlineData(302)]
    public async Task Ask_AnotherStatus_SaysWhich(int status)
    {
        ScorerReply reply = await AskAsync(_ => Task.FromResult(status == 302 ? Results.Redirect("/elsewhere") : Results.StatusCode(status)));
        Assert.Equal((ScorerFault.Status, $"it answers {status}"), (reply.Fault, reply.Why));
    }

    [Fact]
    public async Task Ask_NoAnswer_EndsWithItsTime()
    {
        var never = new TaskCompletionSource<IResult>();
        ScorerReply reply = await AskAsync(_ => never.Task, o => o.Timeout = TimeSpan.FromMilliseconds(50));
        Assert.Equal((ScorerFault.Timeout, "no answer within 50 ms"), (reply.Fault, reply.Why));
    }

    [Fact]
    public async Task Ask_NobodyThere_IsUnreachable()
    {
        using var client = new ScorerClient(Options($"http://127.0.0.1:{FreePort.Take()}/"), TimeProvider.System, NullLogger.Instance);
        Assert.Equal(ScorerFault.Unreachable, (await client.AskAsync(Texts, Ct)).Fault);
    }

    [Theory]
    [InlineData("我的电话是13812345678，没人管", "我的电话是138****5678，没人管")]
    [InlineData("好", "好")]
    public void Leaving_Text_IsMasked(string text, string leaves) => Assert.Equal(leaves, ScorerClient.Leaving(text));

    [Fact]
    public void Leaving_LongText_IsItsBeginningAndNoHalfSign()
    {
        string text = new string('好', 2047) + "🚧" + new string('好', 100);
        Assert.Equal(new string('好', 2047), ScorerClient.Leaving(text));
    }

    [Theory]
    [InlineData("http://127.0.0.1:9000/score", null)]
    [InlineData("http://[::1]:9000/", null)]
    [InlineData("http://scorer:9000/score", null)]
    [InlineData("http://10.1.2.3/score", null)]
    [InlineData("http://172.31.0.9/score?model=m1", null)]
    [InlineData("http://[fd00::1]/", null)]
    [InlineData("https://scorer.example.com/v1/score", null)]
    [InlineData("http://172.32.0.9/score", "allowed: https, or http to a loopback or private address")]
    [InlineData("http://scorer.example.com/score", "Scorer:Url goes to scorer.example.com by http")]
    [InlineData("https://user:secret@scorer.example.com/", "Scorer:Url must be an address such as")]
    [InlineData("scorer:9000", "Scorer:Url must be an address such as")]
    [InlineData("ftp://scorer/", "Scorer:Url must be an address such as")]
    public void Rules_Url_IsHttpsOrOfTheOwnNetwork(string url, string? fault)
    {
        string? found = new ScorerRules().Validate(null, Options(url)).FailureMessage;
        if (fault is null) Assert.Null(found);
        else Assert.Contains(fault, found, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", found ?? "", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData(" \n", "is empty")]
    [InlineData("two words", "other signs than a bearer token may have")]
    public async Task Rules_TokenFile_HoldsAToken(string? token, string fault)
    {
        using var folder = new TempFolder();
        if (token is not null) await File.WriteAllTextAsync(folder.File("token"), token, Ct);
        ScorerOptions options = Options("https://scorer.example.com/");
        options.TokenFile = folder.File("token");
        Assert.Contains(fault, new ScorerRules().Validate(null, options).FailureMessage, StringComparison.Ordinal);
    }

    private static async Task<ScorerReply> AskAsync(Func<string[], Task<IResult>> answer, Action<ScorerOptions>? more = null)
    {
        await using ScorerEndpoint endpoint = await ScorerEndpoint.StartAsync();
        endpoint.Answer = answer;
        ScorerOptions options = Options(endpoint.Url.AbsoluteUri);
        options.Timeout = TimeSpan.FromSeconds(30);
        more?.Invoke(options);
        using var client = new ScorerClient(options, TimeProvider.System, NullLogger.Instance);
        ScorerReply reply = await client.AskAsync(Texts, Ct);
        if (reply.Fault is not ScorerFault.Timeout) Assert.Equal(Texts, Assert.Single(endpoint.Asked).Texts);
        return reply;
    }

    private static Task<IResult> Json(string text) => Task.FromResult(Results.Text(text, "application/json"));

    private static ScorerOptions Options(string url) => new() { Url = url };
}
