namespace CityPerception.Storage.Spooling;

/// <summary>What a <see cref="SpoolReader"/> read.</summary>
/// <param name="Address">Where it lies.</param>
/// <param name="NextAddress">What to hand to <see cref="Spool.Truncate"/> when everything up to here is stored.</param>
/// <param name="ReceivedNs">When it arrived, ns since 1970; 0 if damaged.</param>
/// <param name="LineCount">How many lines; 0 if damaged.</param>
/// <param name="Lines">Line protocol, each line ended by <c>\n</c>; the raw bytes if damaged. Valid until the reader's next call.</param>
/// <param name="IsDamaged">The bytes on the disk are not what was appended. What follows can still be read.</param>
public readonly record struct SpoolRecord(long Address, long NextAddress, long ReceivedNs, int LineCount, ReadOnlyMemory<byte> Lines, bool IsDamaged);
