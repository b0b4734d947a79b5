using System.Text.Json.Serialization;
using CityPerception.Core.Observations;
using CityPerception.Hosting;
using CityPerception.Observability;
using Microsoft.AspNetCore.Mvc;

namespace CityPerception.Sources.Http;

/// <summary>What became of a posted message.</summary>
/// <param name="Accepted">Observations that are durable now.</param>
/// <param name="Rejected">Elements that were refused; the message is kept as a dead letter.</param>
/// <param name="Filtered">Elements that the source's condition left out.</param>
/// <param name="Errors">Why, for the first hundred.</param>
internal sealed record IngestAnswer(int Accepted, int Rejected, int Filtered, IReadOnlyList<IngestError> Errors);

/// <summary>Why one element was refused.</summary>
/// <param name="Index">Which element, from 0.</param>
/// <param name="Path">Where in it.</param>
/// <param name="Reason">One of a fixed list, in snake_case.</param>
/// <param name="Detail">What was found and what is allowed.</param>
internal sealed record IngestError(int Index, string Path, string Reason, string Detail)
{
    public static IngestError Of(Rejection r) => new(r.Index, r.Path, IngestMetrics.ReasonNames[r.Reason], r.Detail);
}

/// <summary>RFC 9457 problem details with the elements that were refused.</summary>
internal sealed class IngestProblem : ProblemDetails
{
    public int Rejected { get; init; }

    public IReadOnlyList<IngestError> Errors { get; init; } = [];
}

[JsonSerializable(typeof(IngestAnswer))]
[JsonSerializable(typeof(IngestProblem))]
internal sealed partial class IngestJson : JsonSerializerContext
{
    public static IngestJson Readable { get; } = new(ReadableJson.NewOptions());
}
