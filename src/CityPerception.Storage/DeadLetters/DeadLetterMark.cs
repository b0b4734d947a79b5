using System.Collections.Immutable;
using CityPerception.Core.Observations;

namespace CityPerception.Storage.DeadLetters;

/// <summary>Whether anything is left to be done about a letter.</summary>
public enum DeadLetterState
{
    /// <summary>Never replayed, or refused again.</summary>
    Open,

    /// <summary>Its observations are durable in the spool. It stays until age or space remove it.</summary>
    Replayed,

    /// <summary>Somebody decided, with a reason, that nothing is to be made of it. It stays until age or space remove it.</summary>
    Discarded,
}

/// <summary>What was made of a letter, by a replay or by somebody.</summary>
/// <param name="State">Replayed, discarded, or still open.</param>
/// <param name="Time">When.</param>
/// <param name="Observations">How many it became; 0 if it is still open.</param>
/// <param name="Rejections">Why it was refused again; empty if it was not.</param>
/// <param name="RejectionCount">How many elements were refused in all.</param>
/// <param name="Note">Why it was discarded; null if it was not.</param>
public sealed record DeadLetterMark(DeadLetterState State, DateTimeOffset Time, int Observations, ImmutableArray<Rejection> Rejections, int RejectionCount, string? Note = null);

/// <summary>A letter that is to be marked as replayed.</summary>
/// <param name="Id">Whose.</param>
/// <param name="Address">Where it was read, so that a mark is not taken for one of a later letter of the same id.</param>
/// <param name="Observations">How many it became.</param>
public readonly record struct ReplayedLetter(Guid Id, long Address, int Observations);
