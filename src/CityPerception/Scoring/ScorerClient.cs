using System.Net.Http.Headers;
using System.Text.Json;
using CityPerception.Core.Text.Masking;
using CityPerception.Core.Text.Understanding;
using CityPerception.Storage;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace CityPerception.Scoring;

/// <summary>
/// Asks the scorer, within its time. One that keeps failing is left alone for a while, so that senders are not held for nothing.
/// Nothing is asked twice: whoever waits for the answer is a sender, and the lexicon has one at once.
/// </summary>
internal sealed class ScorerClient : IDisposable
{
    private const double FailureRatio = 0.5;
    private const int LeastRequests = 5;

    // A number has some twenty signs; what is around them is short.
    private const int AnswerBytes = 4096, BytesPerScore = 64;

    private static readonly TimeSpan SamplingDuration = TimeSpan.FromSeconds(30), ConnectionLife = TimeSpan.FromMinutes(5);

    private readonly Uri _url;
    private readonly ScorerToken _token;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _pipeline;

    public ScorerClient(ScorerOptions options, TimeProvider clock, ILogger logger)
    {
        _url = new Uri(options.Url);
        _token = new ScorerToken(options.TokenFile, clock, logger.ScorerTokenKept);
        // A redirection would take texts and token where nobody has said that they may go.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, MaxConnectionsPerServer = options.Connections, PooledConnectionLifetime = ConnectionLife })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = AnswerBytes + BytesPerScore * options.MaxTexts,
        };
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = new SteadyClock(clock) }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = FailureRatio,
                MinimumThroughput = LeastRequests,
                SamplingDuration = SamplingDuration,
                BreakDuration = options.BreakDuration,
            })
            .AddTimeout(options.Timeout)
            .Build();
    }

    /// <summary>A text as it may leave this process: masked, and of a long one as much as the lexicon reads.</summary>
    public static string Leaving(string text)
    {
        string masked = PersonalData.Mask(text);
        if (masked.Length <= PlainSigns.MaxLength) return masked;
        return masked[..(char.IsHighSurrogate(masked[PlainSigns.MaxLength - 1]) ? PlainSigns.MaxLength - 1 : PlainSigns.MaxLength)];
    }

    /// <summary>Asks for the scores of texts that may leave.</summary>
    /// <exception cref="OperationCanceledException">Cancelled by the caller.</exception>
    public async Task<ScorerReply> AskAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        byte[] question = JsonSerializer.SerializeToUtf8Bytes(new ScorerQuestion(texts), ScorerJson.Default.ScorerQuestion);
        try
        {
            return new ScorerReply(await _pipeline.ExecuteAsync(async c => await PostAsync(question, texts.Count, c), cancellationToken), ScorerFault.None, "");
        }
        catch (TimeoutRejectedException e)
        {
            return new ScorerReply(null, ScorerFault.Timeout, $"no answer within {e.Timeout.TotalMilliseconds:0} ms");
        }
        catch (BrokenCircuitException)
        {
            return new ScorerReply(null, ScorerFault.LeftAlone, "it has failed too often and is not asked for a while");
        }
        catch (AnswerException e)
        {
            return new ScorerReply(null, e.Fault, e.Message);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConfigurationLimitExceeded)
        {
            return new ScorerReply(null, ScorerFault.AnswerInvalid, $"an answer of more than {_http.MaxResponseContentBufferSize} bytes");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new ScorerReply(null, ScorerFault.Unreachable, e.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<double[]> PostAsync(byte[] question, int count, CancellationToken cancellationToken)
    {
        // With its length: small servers know no chunks.
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ByteArrayContent(question) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (_token.Current is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using HttpResponseMessage answer = await _http.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode) throw new AnswerException(ScorerFault.Status, $"it answers {(int)answer.StatusCode}");
        return Read(await answer.Content.ReadAsByteArrayAsync(cancellationToken), count);
    }

    private static double[] Read(byte[] json, int count)
    {
        double[]? scores;
        try
        {
            scores = JsonSerializer.Deserialize(json, ScorerJson.Default.ScorerAnswer)?.Scores;
        }
        catch (JsonException)
        {
            scores = null; // its message may quote the answer, and that the texts
        }

        if (scores is null) throw new AnswerException(ScorerFault.AnswerInvalid, "the answer is not {\"scores\":[number, …]}");
        if (scores.Length != count) throw new AnswerException(ScorerFault.AnswerInvalid, $"{scores.Length} scores for {count} texts");
        if (scores.Any(s => s is not (>= -1 and <= 1))) throw new AnswerException(ScorerFault.AnswerInvalid, "a score that is not from -1 to 1");
        return [.. scores.Select(s => Math.Round(s, 3) + 0.0)]; // as the lexicon's are; and no −0
    }

    /// <summary>An answer that is of no use.</summary>
    private sealed class AnswerException(ScorerFault fault, string message) : Exception(message)
    {
        public ScorerFault Fault => fault;
    }
}
