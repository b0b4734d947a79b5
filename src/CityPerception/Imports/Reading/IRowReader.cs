using CityPerception.Core.Observations;

namespace CityPerception.Imports.Reading;

/// <summary>The rows of an input, one after the other. Bounded in memory whatever the input's size.</summary>
/// <remarks>
/// What cannot be a row of the format is handed out with a <see cref="Fault"/>, and reading goes on behind it; where that
/// is impossible <see cref="ReadAsync"/> throws <see cref="ImportFaultException"/>.
/// </remarks>
internal interface IRowReader : IDisposable
{
    /// <summary>The columns of a table, in order; empty names are not read. Null for what is no table, and before the first row.</summary>
    IReadOnlyList<string>? Columns { get; }

    /// <summary>The number of the row at hand, as its owner counts: a table's header is row 1; a line's number; an element's, from 1.</summary>
    long Row { get; }

    /// <summary>The row as the source's decoder takes it. Valid until the next row is read.</summary>
    ReadOnlyMemory<byte> Document { get; }

    /// <summary>Why the row cannot be a document; null if it is one.</summary>
    Rejection? Fault { get; }

    /// <summary>Every row before this place has been handed out.</summary>
    ImportPlace Place { get; }

    /// <summary>The share of the input that lies behind, from 0 to 1; negative if nobody knows.</summary>
    double Done { get; }

    /// <summary>Goes to the next row; false at the end.</summary>
    ValueTask<bool> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>A place between two rows, to go on from.</summary>
/// <param name="Row">The number of the last row before it; 0 for the beginning.</param>
/// <param name="Offset">The byte of the input that follows that row; 0 where the format cannot be entered in the middle.</param>
internal readonly record struct ImportPlace(long Row, long Offset);

/// <summary>The input cannot be read, or read further. The message is for people.</summary>
/// <param name="message">What is wrong, and what to do.</param>
/// <param name="status">As HTTP says it.</param>
internal sealed class ImportFaultException(string message, int status = StatusCodes.Status422UnprocessableEntity) : Exception(message)
{
    public int Status { get; } = status;
}
