using System.Collections.Immutable;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Queries;

/// <summary>What became of a batch whose fate is known: stored lines, and refused ones with the store's reason.</summary>
/// <param name="Stored">How many lines the store has.</param>
/// <param name="Refused">The lines it will never take.</param>
public sealed record WriteResult(int Stored, ImmutableArray<RefusedLine> Refused)
{
    public static WriteResult All(LineBatch batch) => new(batch.Count, []);

    public static WriteResult Refuse(LineBatch line, string detail) =>
        new(0, [new RefusedLine(line.Text.ToArray(), RejectionReason.RefusedByStore, detail)]);

    public WriteResult And(WriteResult other) => new(Stored + other.Stored, [.. Refused, .. other.Refused]);
}

/// <summary>A line that a store refused. <paramref name="Line"/> is a copy, ended by <c>\n</c>.</summary>
public sealed record RefusedLine(ReadOnlyMemory<byte> Line, RejectionReason Reason, string Detail);

/// <summary>Nothing is known about the batch or query: the store did not answer, or said "later". Offer it again.</summary>
public sealed class StoreUnavailableException : Exception
{
    public StoreUnavailableException(string store, string what, Exception? inner = null, TimeSpan? retryAfter = null)
        : base($"{store}: {what}", inner)
    {
        Store = store;
        RetryAfter = retryAfter;
    }

    /// <summary>The store's name: duckdb, influxdb.</summary>
    public string Store { get; }

    /// <summary>How long the store asked to be left alone, if it said.</summary>
    public TimeSpan? RetryAfter { get; }
}
