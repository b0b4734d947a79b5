using System.Text;
using System.Text.Json;
using CityPerception.Core.Decoding;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Tests.Decoding;

/// <summary>Keeps what a decoder hands on: documents as compact JSON, rejections as <c>! Reason path</c>.</summary>
internal sealed class CollectingSink(bool wantsWholeArray = false) : IDocumentSink
{
    public List<string> Elements { get; } = [];

    public bool WantsWholeArray => wantsWholeArray;

    public static List<string> Decode(IDecoder decoder, ReadOnlySpan<byte> payload, IMessageProperties? properties = null, long receivedNs = 0, bool retained = false)
    {
        var sink = new CollectingSink();
        decoder.Decode(new Message { Payload = payload, Properties = properties, ReceivedNs = receivedNs, Retained = retained }, sink);
        return sink.Elements;
    }

    public int Document(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = DecodingLimits.MaxDepth });
        try
        {
            if (!reader.Read()) throw new JsonException("nothing");
            reader.Skip();
        }
        catch (JsonException)
        {
            Reject(RejectionReason.SyntaxInvalid, "$", "not JSON");
            return -1;
        }

        Elements.Add(Encoding.UTF8.GetString(json[..(int)reader.BytesConsumed]));
        return (int)reader.BytesConsumed;
    }

    public void Reject(RejectionReason reason, string path, string detail) => Elements.Add($"! {reason} {path}");

    public void LeaveOut() => Elements.Add("-");

    public void RejectWhole(RejectionReason reason, string path, string detail)
    {
        Elements.Clear();
        Elements.Add($"! {reason} {path}");
    }
}

internal sealed class Properties(string name, string value) : IMessageProperties
{
    public string? Find(string wanted) => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase) ? value : null;
}

/// <summary>Takes documents and forgets them, without allocating.</summary>
internal sealed class ForgettingSink : IDocumentSink
{
    public int Count { get; private set; }

    public bool WantsWholeArray => false;

    public int Document(ReadOnlySpan<byte> json)
    {
        Count++;
        return json.Length;
    }

    public void LeaveOut()
    {
    }

    public void Reject(RejectionReason reason, string path, string detail) => throw new InvalidOperationException($"{reason} {path}: {detail}");

    public void RejectWhole(RejectionReason reason, string path, string detail) => Reject(reason, path, detail);
}
