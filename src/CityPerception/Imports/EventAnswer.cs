using System.Buffers;
using System.Text.Json;

namespace CityPerception.Imports;

/// <summary>
/// The answer of an upload: a line an event, while the body still comes. A client that reads no answer before it has sent
/// everything must not bring the upload to a stand: what it does not take is kept here, up to a limit.
/// </summary>
internal sealed class EventAnswer(HttpResponse response) : IDisposable
{
    private const int MaxKeptBytes = 16 << 20;

    private ArrayBufferWriter<byte> _waiting = new(4096), _going = new(4096);
    private Utf8JsonWriter? _json;
    private Task _sending = Task.CompletedTask;

    public async ValueTask SayAsync(ImportEvent happened)
    {
        if (_json is null) _json = new Utf8JsonWriter(_waiting, new JsonWriterOptions { Encoder = ImportJson.Plain.Options.Encoder });
        else _json.Reset(_waiting);
        JsonSerializer.Serialize(_json, happened, ImportJson.Plain.ImportEvent);
        _waiting.Write("\n"u8);
        if (_waiting.WrittenCount > MaxKeptBytes) await _sending;
        if (_sending.IsCompleted) await SendAsync();
    }

    /// <summary>Completes when everything is sent.</summary>
    public async Task EndAsync()
    {
        await SendAsync();
        await _sending;
    }

    public void Dispose() => _json?.Dispose();

    private async ValueTask SendAsync()
    {
        await _sending; // of the last time: tells whether the client is gone
        (_waiting, _going) = (_going, _waiting);
        _waiting.ResetWrittenCount();
        _sending = WriteAsync(_going.WrittenMemory);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> lines)
    {
        if (!response.HasStarted) response.ContentType = ImportEndpoint.LinesType;
        await response.Body.WriteAsync(lines, response.HttpContext.RequestAborted);
        await response.Body.FlushAsync(response.HttpContext.RequestAborted);
    }
}
