using System.Collections.ObjectModel;
using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.LineProtocol.Intake;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Text.Understanding;
using CityPerception.Imports;
using CityPerception.Observability;
using CityPerception.Scoring;
using CityPerception.Sources;
using CityPerception.Sources.Hj212;
using CityPerception.Sources.Http;
using CityPerception.Sources.Mqtt.Sparkplug;
using CityPerception.Storage.DeadLetters;

namespace CityPerception.DeadLetters;

/// <summary>
/// Maps a dead letter as the message would be if it came now: the same bytes, topic, properties and time of arrival, the
/// sources of today, and what is known by now of its sender's session. Changes nothing; one thread.
/// </summary>
/// <param name="plan">The configuration to map with.</param>
/// <param name="keys">What opens HJ 212 frames.</param>
/// <param name="sparkplug">The sessions of Sparkplug nodes; null where no server runs, and so nobody knows them.</param>
/// <param name="known">The devices of the registry; null where it is not in use, or no server runs.</param>
/// <param name="scorer">Asked for scores of texts; null where the lexicon alone gives them.</param>
internal sealed class LetterMapper(IngestPlan plan, Hj212Keys keys, SparkplugNodes? sparkplug = null, IKnownDevices? known = null, ExternalScorer? scorer = null)
{
    private readonly MappingRun _run = new();
    private readonly LineIntake _intake = new(plan.Measurements);

    /// <summary>Puts into the outcome what the letter becomes.</summary>
    public async ValueTask MapAsync(DeadLetter letter, LetterOutcome into, CancellationToken cancellationToken)
    {
        into.Clear();
        if (letter.MissingKey is not null)
        {
            into.GiveUp();
            return;
        }

        switch (letter.Kind)
        {
            case DeadLetterKind.Line:
                Line(letter, into);
                break;
            case DeadLetterKind.Message when IsLineProtocol(letter):
                LineProtocol(letter, into);
                break;
            case DeadLetterKind.Message:
                await MessageAsync(letter, into, cancellationToken);
                break;
            default:
                into.GiveUp();
                break;
        }
    }

    /// <summary>
    /// The sources that a message is for. Its own, if there still is one of the name: other sources of its topic have
    /// had the message. Otherwise those of its topic or route, as for a message that comes now.
    /// </summary>
    private CompiledSource[] Route(DeadLetter letter)
    {
        if (plan.Sources.TryGetValue(letter.Source, out CompiledSource? own)) return [own];
        if (letter.Topic is null) return [];
        if (letter.Transport == Hj212Ingest.Transport) return plan.SourcesOfHj212(letter.Topic);
        if (letter.Transport != HttpIntake.Transport) return plan.SourcesOf(letter.Topic);
        return letter.Topic.StartsWith(HttpSources.IngestPath, StringComparison.OrdinalIgnoreCase)
            && plan.Sources.TryGetValue(Uri.UnescapeDataString(letter.Topic[HttpSources.IngestPath.Length..]), out CompiledSource? named) ? [named] : [];
    }

    private async ValueTask MessageAsync(DeadLetter letter, LetterOutcome into, CancellationToken cancellationToken)
    {
        CompiledSource[] sources = Route(letter);
        if (sources.Length == 0)
        {
            // Of a letter that was of no source from the beginning, nothing new is to be said.
            Rejection[] unknown = letter.Reason is RejectionReason.SourceUnknown
                ? [letter.CurrentRejections[0]]
                : [new(RejectionReason.SourceUnknown, 0, letter.Topic ?? "", $"the source {letter.Source} is not there any more, and no other takes this topic")];
            into.Add(IngestMetrics.NoSource, 0, 0, 0, unknown, 1);
        }

        IMessageProperties? properties = Beside(letter);
        byte[] topic = Encoding.UTF8.GetBytes((letter.Transport == HttpIntake.Transport ? properties?.Find("topic") : letter.Topic) ?? "");
        foreach (CompiledSource source in sources)
        {
            TextScores? scores = scorer is null ? null : await scorer.AskAsync(source, Message(letter, topic, properties, source, null), _run, cancellationToken);
            source.Map(Message(letter, topic, properties, source, scores), _run);
            (int start, int before) = (into.Lines.Length, into.Lines.LineCount);
            into.Lines.Append(_run.Lines);
            into.Add(source.Name, start, before, _run.FilteredCount, _run.Rejections, _run.RejectedCount);
        }
    }

    private Message Message(DeadLetter letter, byte[] topic, IMessageProperties? properties, CompiledSource source, TextScores? scores) => new()
    {
        Payload = letter.Payload.Span,
        Topic = topic,
        Properties = properties,
        ReceivedNs = letter.Time.ToUnixNs(),
        Retained = letter.Retained,
        Devices = known,
        Context = source.IsSparkplug ? sparkplug?.Look(letter.Topic) : null,
        Scores = scores,
    };

    private IMessageProperties? Beside(DeadLetter letter)
    {
        if (letter.Transport == Hj212Ingest.Transport) return new Hj212Properties(letter.Properties ?? ReadOnlyDictionary<string, string>.Empty, keys);
        return letter.Properties is null ? null : new KeptProperties(letter.Properties);
    }

    private void LineProtocol(DeadLetter letter, LetterOutcome into)
    {
        string? precisionText = null;
        letter.Properties?.TryGetValue("precision", out precisionText);
        if (!TimePrecision.TryParse(precisionText, out TimePrecision precision))
        {
            into.Add(letter.Source, 0, 0, 0, [new Rejection(RejectionReason.TimeInvalid, 0, "precision", $"not a precision; allowed: {TimePrecision.Names}")], 1);
            return;
        }

        LineIntakeResult result = _intake.Take(letter.Payload.Span, LineProtocolEndpoint.Terms(plan, precision, letter.Time.ToUnixNs()), into.Lines);
        into.Add(letter.Source, 0, 0, 0, result.Rejections, result.Rejected);
    }

    // It was mapped once and is canonical; what the store says to it now only the store knows.
    private static void Line(DeadLetter letter, LetterOutcome into)
    {
        into.Lines.Write(letter.Payload.Span.TrimEnd((byte)'\n'));
        into.Lines.EndLine();
        into.Add(IngestMetrics.NoSource, 0, 0, 0, [], 0);
    }

    /// <summary>A body of /write, or of an import of line protocol: no source maps it.</summary>
    public static bool IsLineProtocol(DeadLetter letter) =>
        letter is { Transport: HttpIntake.Transport or ImportRun.Transport, Source: LineProtocolEndpoint.Source, Topic: not null } && !letter.Topic.StartsWith(HttpSources.IngestPath, StringComparison.OrdinalIgnoreCase);
}
