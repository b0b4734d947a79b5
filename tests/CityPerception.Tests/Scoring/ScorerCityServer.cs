using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;
using CityPerception.Tests.Sources;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Scoring;

/// <summary>A server with a scorer, and with posts by MQTT too.</summary>
public sealed class ScorerCityServer : CityServer
{
    public const string Token = "a.token-of/the~test==", Topic = "city/posts/monitor";

    private readonly TempFolder _folder = new();
    private readonly ConfigCopy _config = new();
    private ScorerEndpoint? _scorer;

    protected override (string Key, string Value)[] Settings =>
        [("Scorer:Url", Scorer.Url.AbsoluteUri), ("Scorer:TokenFile", _folder.File("token")), ("Scorer:MaxTexts", "2"), ("Scorer:Timeout", "00:00:30")];

    protected override string ConfigDirectory => _config.Path;

    internal ScorerEndpoint Scorer => _scorer ?? throw new InvalidOperationException("The scorer has not been started.");

    /// <summary>Keeps a dead letter.</summary>
    internal async Task KeepAsync(DeadLetter letter)
    {
        DeadLetterLog letters = Part<DeadLetterLog>();
        await letters.WaitDurableAsync(await letters.AppendAsync(letter, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
    }

    public override async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_folder.File("token"), Token + "\n", TestContext.Current.CancellationToken);
        TakePostsByMqtt(_config);
        _scorer = await ScorerEndpoint.StartAsync();
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (_scorer is not null) await _scorer.DisposeAsync();
        _config.Dispose();
        _folder.Dispose();
    }

    internal static void TakePostsByMqtt(ConfigCopy config) => config.Replace("sources/sentiment-post.yaml", "decode: json\n", "from: { mqtt: city/posts/+ }\ndecode: json\n");
}
