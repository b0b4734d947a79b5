using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Polly;

namespace CityPerception.Simulation;

/// <summary>
/// One worker that posts to <c>/ingest/{source}</c>, a message at a time, so that the states of a case arrive in
/// order. A message leaves it with a final answer: 2xx or 4xx. Being busy (408, 429, 5xx), silent or away is none.
/// </summary>
internal sealed class HttpSender
{
    private readonly HttpClient _client;
    private readonly SimulationCounters _counters;
    private readonly ILogger _logger;
    private readonly ResiliencePipeline<HttpResponseMessage> _posting;
    private readonly string _server;
    private readonly AuthenticationHeaderValue? _credentials;
    private readonly Uri _ingest;
    private bool _away;

    public HttpSender(SimulationOptions options, HttpClient client, TimeProvider clock, SimulationCounters counters, ILogger logger)
    {
        Uri url = options.HttpUrl ?? throw new ArgumentException("HttpUrl is null.", nameof(options));
        _client = client;
        _counters = counters;
        _logger = logger;
        _server = url.ToString();
        _ingest = new Uri(url.AbsoluteUri.TrimEnd('/') + "/ingest/");
        _credentials = options switch
        {
            { Token: { } token } => new AuthenticationHeaderValue("Bearer", token),
            { User: { } user } => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}"))),
            _ => null,
        };
        _posting = Persistence.Of<HttpResponseMessage>(clock, Persistence.IsWorthRepeating, AfterFailure, o => o.Result?.Headers.RetryAfter?.Delta);
    }

    public async Task RunAsync(ChannelReader<Outgoing> messages, CancellationToken cancellationToken)
    {
        await foreach (Outgoing message in messages.ReadAllAsync(cancellationToken))
        {
            _counters.Sent(message);
            using HttpResponseMessage answer = await _posting.ExecuteAsync(async c => await PostAsync(message, c), cancellationToken);
            if (_away) _logger.ServerBack(_server);
            _away = false;
            await CountAsync(message, answer, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> PostAsync(Outgoing message, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_ingest, message.Source))
        {
            Content = new ReadOnlyMemoryContent(message.Payload),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(message.ContentType);
        request.Headers.Authorization = _credentials;
        return await _client.SendAsync(request, cancellationToken);
    }

    private async Task CountAsync(Outgoing message, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        string body = await answer.Content.ReadAsStringAsync(cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            _counters.Acknowledged(RejectedElements(body));
            return;
        }

        string why = $"{(int)answer.StatusCode} {body}";
        _counters.Refused($"{message.Source}: {why}");
        _logger.MessageRefused(_server, message.Source, why);
    }

    /// <summary>An answer says <c>"rejected": 2</c>, or lists the rejections under that name.</summary>
    private static long RejectedElements(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind is not JsonValueKind.Object || !document.RootElement.TryGetProperty("rejected", out JsonElement rejected)) return 0;
            return rejected.ValueKind is JsonValueKind.Array ? rejected.GetArrayLength() : rejected.TryGetInt64(out long count) ? count : 0;
        }
        catch (JsonException)
        {
            return 0; // another server than ours may answer with anything
        }
    }

    private void AfterFailure(Outcome<HttpResponseMessage> outcome)
    {
        _counters.Resent();
        if (!_away) _logger.ServerAway(_server, outcome.Exception?.Message ?? $"it answers {(int)outcome.Result!.StatusCode}");
        _away = true;
        outcome.Result?.Dispose();
    }
}
