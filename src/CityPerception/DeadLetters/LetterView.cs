using System.Text;
using CityPerception.Core.Observations;
using CityPerception.Core.Text.Masking;
using CityPerception.Observability;
using CityPerception.Sources.Http;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.DeadLetters;

/// <summary>A dead letter in a list, for programs and for people. Of one of people, what is text is masked.</summary>
/// <param name="Id">What <c>show</c> and <c>replay</c> take.</param>
/// <param name="Kind">message, line or spool_record.</param>
/// <param name="State">open, replayed or discarded.</param>
/// <param name="Source">The source's name; empty where none is known.</param>
/// <param name="Transport">mqtt, http …</param>
/// <param name="Topic">The MQTT topic or the path of the request; null for none.</param>
/// <param name="Time">When it came.</param>
/// <param name="Reason">The first reason of now, in snake_case.</param>
/// <param name="Path">Where in the message.</param>
/// <param name="Detail">What was found and what is allowed.</param>
/// <param name="Rejected">How many elements are refused.</param>
/// <param name="Bytes">The payload's size.</param>
/// <param name="LastReplay">When it was last replayed, or refused again; null for never.</param>
/// <param name="Observations">How many it became when it was replayed.</param>
/// <param name="Personal">It may hold words of people, and is shown masked; null where it does not.</param>
/// <param name="Discarded">Why somebody discarded it; null where nobody did.</param>
internal sealed record LetterView(
    Guid Id, string Kind, string State, string Source, string Transport, string? Topic, DateTimeOffset Time, string Reason, string Path, string Detail, int Rejected, int Bytes,
    DateTimeOffset? LastReplay, int? Observations, bool? Personal, string? Discarded = null)
{
    public static LetterView Of(DeadLetter letter)
    {
        Rejection first = letter.CurrentRejections[0];
        return new LetterView(
            letter.Id, LetterNames.Of(letter.Kind), LetterNames.Of(letter.State), letter.Source, letter.Transport, Shown(letter, letter.Topic), letter.Time,
            IngestMetrics.ReasonNames[first.Reason], Shown(letter, first.Path)!, Shown(letter, first.Detail)!, letter.CurrentRejectionCount, letter.PayloadBytes,
            letter.State is DeadLetterState.Discarded ? null : letter.Mark?.Time, letter.State is DeadLetterState.Replayed ? letter.Mark!.Observations : null, letter.IsPersonal ? true : null,
            letter.Mark?.Note);
    }

    /// <summary>A text of a letter, as it may be shown.</summary>
    public static string? Shown(DeadLetter letter, string? text) => text is null || !letter.IsPersonal ? text : PersonalData.Mask(text);

    /// <summary>Why an element of a letter is refused, as it may be shown.</summary>
    public static IngestError Error(DeadLetter letter, Rejection why) => IngestError.Of(why with { Path = Shown(letter, why.Path)!, Detail = Shown(letter, why.Detail)! });
}

/// <summary>A page of letters.</summary>
/// <param name="Letters">The newest first.</param>
/// <param name="Next">What <c>before</c> takes for the next page; null if this is the last.</param>
/// <param name="Unreadable">Places on the way that the disk damaged.</param>
internal sealed record LetterList(IReadOnlyList<LetterView> Letters, long? Next, int Unreadable)
{
    /// <param name="page">What was read.</param>
    /// <param name="limit">How many were asked for: so many may not be all.</param>
    public static LetterList Of(DeadLetterPage page, int limit) =>
        new([.. page.Letters.Select(LetterView.Of)], page.Letters.Count == limit ? page.Letters[^1].Address : null, page.Unreadable);
}

/// <summary>A dead letter with everything that is known about it.</summary>
/// <param name="Letter">As in a list.</param>
/// <param name="Rejections">Why it is refused by what is known now, for the first hundred elements.</param>
/// <param name="FirstRejections">Why it was refused when it came, where a replay has changed that; else null.</param>
/// <param name="Properties">Headers, query or MQTT 5 user properties that came along, without secrets.</param>
/// <param name="Retained">A retained MQTT message.</param>
/// <param name="PayloadBase64">The bytes as they came; null for words of people, of which only masked text is shown.</param>
/// <param name="PayloadText">The same as text, of people masked; null where they are none.</param>
internal sealed record LetterDetails(
    LetterView Letter, IReadOnlyList<IngestError> Rejections, IReadOnlyList<IngestError>? FirstRejections, IReadOnlyDictionary<string, string>? Properties, bool Retained,
    ReadOnlyMemory<byte>? PayloadBase64, string? PayloadText)
{
    /// <summary>As everybody may see it.</summary>
    public static LetterDetails Of(DeadLetter letter) => !letter.IsPersonal ? Raw(letter) : Raw(letter) with
    {
        Properties = letter.Properties?.ToDictionary(p => p.Key, p => LetterText.MaskProperty(p.Key, p.Value)),
        PayloadBase64 = null,
        PayloadText = letter.MissingKey is null ? LetterText.Mask(letter.Payload.Span) : null,
    };

    /// <summary>As it came, for whoever may read the keys.</summary>
    public static LetterDetails Raw(DeadLetter letter) => new(
        LetterView.Of(letter),
        [.. letter.CurrentRejections.Select(r => LetterView.Error(letter, r))],
        letter.CurrentRejections == letter.Rejections ? null : [.. letter.Rejections.Select(r => LetterView.Error(letter, r))],
        letter.Properties,
        letter.Retained,
        letter.MissingKey is null ? letter.Payload : null,
        letter.MissingKey is null && System.Text.Unicode.Utf8.IsValid(letter.Payload.Span) ? Encoding.UTF8.GetString(letter.Payload.Span) : null);
}
