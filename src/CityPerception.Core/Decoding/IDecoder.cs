using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding;

/// <summary>
/// Turns the bytes of one wire format into JSON documents, which the mapping reads. JSON itself passes through
/// untouched. A decoder is stateless, knows neither socket nor clock, and never throws for what a sender sent:
/// every outcome is a document or a rejection. What earlier messages said comes with the message, if it matters
/// (<see cref="Message.Context"/>). One folder a decoder, registered in <see cref="Decoders"/>.
/// </summary>
public interface IDecoder
{
    /// <summary>What <c>decode:</c> in a source file refers to.</summary>
    string Name { get; }

    /// <summary>Whether the format is text, which has to be UTF-8; else its bytes are handed on as they are.</summary>
    bool IsText => true;

    /// <summary>Hands each element of the message to the sink, in order, as a document or a rejection.</summary>
    void Decode(in Message message, IDocumentSink sink);
}

/// <summary>Takes the elements of a message one after the other; their index is the order in which they come.</summary>
public interface IDocumentSink
{
    /// <summary>Whether the mapping reads a top-level array as a whole (<c>each: $[*]</c>) instead of element by element.</summary>
    bool WantsWholeArray { get; }

    /// <summary>
    /// Reads the first JSON value of the span. Returns how many bytes it took, or −1 if it is not valid JSON
    /// (the sink has noted the rejection). The span is not kept.
    /// </summary>
    int Document(ReadOnlySpan<byte> json);

    /// <summary>Notes that the next element could not be decoded.</summary>
    void Reject(RejectionReason reason, string path, string detail);

    /// <summary>The next element is none that could be mapped, and need not be: it is counted as filtered.</summary>
    void LeaveOut();

    /// <summary>Refuses the message as one: whatever was made of its elements so far is forgotten.</summary>
    void RejectWhole(RejectionReason reason, string path, string detail);
}
