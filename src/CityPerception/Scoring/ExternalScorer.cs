using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Text.Understanding;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace CityPerception.Scoring;

/// <summary>
/// Scores of texts from outside, where one is set, for whoever maps messages one by one. The mapping stays as it is: it runs once to
/// see of which texts a message wants scores, the scorer is asked for them all, and the mapping runs again with the answers.
/// </summary>
/// <remarks>
/// All scores of a message come from one place: where an answer fails, the lexicon scores all of its texts, and does so at once. A
/// message is never refused or lost for the scorer's sake, and held no longer than its time for each request.
/// </remarks>
internal sealed class ExternalScorer : IDisposable
{
    private readonly ScorerClient? _client;
    private readonly ScorerOutage? _outage;
    private readonly ScoreCache _cache = new();
    private readonly ScorerMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly int _maxTexts;

    public ExternalScorer(IOptions<ScorerOptions> options, ScorerMetrics metrics, TimeProvider clock, ILogger<ExternalScorer> logger)
    {
        (_metrics, _clock, _maxTexts) = (metrics, clock, options.Value.MaxTexts);
        if (!options.Value.IsOn) return;
        _client = new ScorerClient(options.Value, clock, logger);
        _outage = new ScorerOutage(new Uri(options.Value.Url).GetLeftPart(UriPartial.Authority), options.Value.BreakDuration, clock, logger);
    }

    /// <summary>Whether a source's messages have to be asked about before they are mapped.</summary>
    public bool IsFor(CompiledSource source) => _client is not null && source.AsksForScores;

    /// <summary>
    /// Asks for the scores of a message that is to be mapped with them; null where it wants none, or the lexicon has to give them.
    /// </summary>
    /// <param name="source">What maps it.</param>
    /// <param name="message">The message.</param>
    /// <param name="run">What the mapping leaves in it is of no meaning.</param>
    /// <param name="cancellationToken">Whoever waits has gone.</param>
    public ValueTask<TextScores?> AskAsync(CompiledSource source, in Message message, MappingRun run, CancellationToken cancellationToken)
    {
        if (!IsFor(source)) return default;
        var scores = new TextScores();
        source.Map(message with { Scores = scores }, run);
        return scores.Texts.Count == 0 ? default : AskAsync(_client!, scores, cancellationToken);
    }

    /// <summary>For <c>/healthz/ready</c>.</summary>
    public HealthCheckResult Check()
    {
        if (_outage is null) return HealthCheckResult.Healthy("none is set: the lexicon scores texts");
        return _outage.Why is { } why ? HealthCheckResult.Degraded("the lexicon scores texts: " + why) : HealthCheckResult.Healthy("it scores texts");
    }

    public void Dispose()
    {
        _client?.Dispose();
        _cache.Dispose();
    }

    private async ValueTask<TextScores?> AskAsync(ScorerClient client, TextScores scores, CancellationToken cancellationToken)
    {
        string[] texts = [.. scores.Texts.Select(ScorerClient.Leaving)];
        double?[] found = [.. texts.Select(_cache.Find)];
        int[] unknown = [.. Enumerable.Range(0, texts.Length).Where(i => found[i] is null)];
        foreach (int[] some in unknown.Chunk(_maxTexts))
        {
            long began = _clock.GetTimestamp();
            ScorerReply reply = await client.AskAsync([.. some.Select(i => texts[i])], cancellationToken);
            _metrics.Asked(_clock.GetElapsedTime(began), reply.Fault);
            if (reply.Scores is not { } given)
            {
                _outage!.Failed(reply);
                _metrics.FellBack(texts.Length, reply.Fault);
                return null;
            }

            _outage!.Answered();
            foreach ((int i, double score) in some.Zip(given))
            {
                found[i] = score;
                _cache.Add(texts[i], score);
            }
        }

        _metrics.Scored(unknown.Length, texts.Length - unknown.Length);
        scores.Answer([.. found.Select(s => s!.Value)]);
        return scores;
    }
}
