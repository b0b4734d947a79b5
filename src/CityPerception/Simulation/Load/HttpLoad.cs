using System.Net;
using System.Net.Http.Headers;
using Polly;

namespace CityPerception.Simulation.Load;

/// <summary>
/// One HTTP connection of a load, a request at a time: a message to <c>/ingest</c>, or a batch of lines to <c>/write</c>.
/// A request without a final answer (none, 408, 429, 5xx) is sent again until it has one.
/// </summary>
internal sealed class HttpLoad
{
    private readonly LoadTarget _target;
    private readonly HttpClient _http;
    private readonly int _connection, _batch;
    private readonly AirMessages _messages;
    private readonly LedgerPage? _ledger;
    private readonly LoadMeter _meter;
    private readonly LoadPace _pace;
    private readonly TimeProvider _clock;
    private readonly ResiliencePipeline<HttpResponseMessage> _posting;
    private readonly byte[] _body;
    private readonly long _quota;
    private long _next;
    private int _count;

    public HttpLoad(LoadOptions options, LoadTarget target, HttpClient http, int connection, AirMessages messages, LedgerPage? ledger, LoadMeter meter, TimeProvider clock)
    {
        (_target, _http, _connection, _messages, _ledger, _meter, _clock) = (target, http, connection, messages, ledger, meter, clock);
        _pace = new LoadPace(options, connection, clock);
        _quota = options.QuotaOf(connection);
        _batch = target.Kind is LoadTargetKind.Lines ? options.Batch : 1;
        _body = new byte[_batch * AirMessages.MaxBytes];
        _posting = Persistence.Of<HttpResponseMessage>(clock, Persistence.IsWorthRepeating, AfterFailure, o => o.Result?.Headers.RetryAfter?.Delta);
    }

    /// <summary>Sends until all is sent or it is told to stop.</summary>
    /// <param name="stop">Nothing new after this.</param>
    /// <param name="giveUp">And no more waiting after this: the last request stays without an answer.</param>
    public async Task RunAsync(CancellationToken stop, CancellationToken giveUp)
    {
        _pace.Start();
        while (_next < _quota && !stop.IsCancellationRequested)
        {
            _count = (int)Math.Min(_batch, _quota - _next);
            long dueAt = _pace.DueAt(_next + _count - 1); // a batch leaves with its last line
            for (TimeSpan wait; (wait = _pace.Until(dueAt)) > TimeSpan.Zero && !stop.IsCancellationRequested;)
                await Task.Delay(wait, _clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stop.IsCancellationRequested) break;

            _ledger?.Sending(_next + _count - 1);
            _meter.Sent(_count);
            int length = WriteBody();
            using (HttpResponseMessage answer = await _posting.ExecuteAsync(async c => await PostAsync(length, c), giveUp)) await CountAsync(answer, dueAt, giveUp);
            _next += _count;
        }
    }

    private int WriteBody()
    {
        if (_target.Kind is LoadTargetKind.Ingest) return _messages.WriteJson(_body, _connection, _next);
        int length = 0;
        for (int i = 0; i < _count; i++) length += _messages.WriteLine(_body.AsSpan(length), _connection, _next + i);
        return length;
    }

    private async Task<HttpResponseMessage> PostAsync(int length, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(_body, 0, length);
        content.Headers.ContentType = new MediaTypeHeaderValue(_target.Kind is LoadTargetKind.Ingest ? "application/json" : "text/plain");
        return await _http.PostAsync(_target.Url, content, cancellationToken);
    }

    private async Task CountAsync(HttpResponseMessage answer, long dueAt, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
        {
            _ledger?.Acknowledged(_next, _count);
            _meter.Acknowledged(dueAt, _count);
        }
        else if (answer.StatusCode is HttpStatusCode.UnprocessableEntity && _target.Kind is LoadTargetKind.Ingest)
        {
            _ledger?.Rejected(_next);
            _meter.Rejected(dueAt);
        }
        else
        {
            _meter.Denied($"{_target.Url}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}", _count);
        }
    }

    private void AfterFailure(Outcome<HttpResponseMessage> outcome)
    {
        if (outcome.Exception is { } e) _meter.Broken($"{_target.Url}: {e.Message}");
        else _meter.Away($"{_target.Url}: {(int)outcome.Result!.StatusCode}");
        outcome.Result?.Dispose();
        _meter.Again(_count);
        _ledger?.Again(_next, _count);
    }
}
