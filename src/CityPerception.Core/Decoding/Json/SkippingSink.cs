using System.Text.Json;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.Json;

/// <summary>Passes over documents, to learn how many there are before the first is handed on.</summary>
internal sealed class SkippingSink(bool wantsWholeArray) : IDocumentSink
{
    private static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true, MaxDepth = DecodingLimits.MaxDepth };

    public static SkippingSink Whole { get; } = new(true);

    public static SkippingSink Elements { get; } = new(false);

    public bool WantsWholeArray => wantsWholeArray;

    public int Document(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            if (!reader.Read()) return -1;
            reader.Skip();
            return (int)reader.BytesConsumed;
        }
        catch (JsonException)
        {
            return -1;
        }
    }

    public void Reject(RejectionReason reason, string path, string detail)
    {
        // Whatever is wrong will be found again, and noted, when the documents are really read.
    }
}
