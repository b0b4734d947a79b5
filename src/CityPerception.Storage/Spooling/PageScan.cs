namespace CityPerception.Storage.Spooling;

internal enum ScanStep
{
    /// <summary>A whole, undamaged record.</summary>
    Record,

    /// <summary>Bytes that are no record; the next step begins at a good one, or at the end.</summary>
    Damage,

    /// <summary>Nothing but zeros up to the end of the span.</summary>
    End,
}

/// <summary>What lies at a place of a page, and where to go on.</summary>
internal readonly record struct ScanResult(ScanStep Step, int Next, RecordHead Head, Range Body);

/// <summary>Finds one record after the other in a page, and its way back after a damaged one.</summary>
internal static class PageScan
{
    /// <summary>Looks at <paramref name="offset"/>, where a record or the page's padding must begin.</summary>
    public static ScanResult Next(ReadOnlySpan<byte> page, int offset)
    {
        if (RecordFormat.TryRead(page, offset, out RecordHead head, out Range body))
            return new ScanResult(ScanStep.Record, Aligned(page, body.End.Value), head, body);
        if (IsZero(page, offset)) return new ScanResult(ScanStep.End, page.Length, default, default);

        int next = AfterDamage(page, offset);
        return new ScanResult(ScanStep.Damage, next, default, offset..next);
    }

    private static int AfterDamage(ReadOnlySpan<byte> page, int offset)
    {
        // The length first: if a good record or the padding follows where it points to, only the body is damaged,
        // and nothing inside that body can pass for a record.
        if (RecordFormat.TryReadLength(page, offset, out int length))
        {
            int next = Aligned(page, offset + RecordFormat.LengthBytes + length);
            if (IsZero(page, next) || RecordFormat.TryRead(page, next, out _, out _)) return next;
        }

        for (int from = offset + RecordFormat.Alignment + RecordFormat.LengthBytes; from < page.Length;)
        {
            int found = page[from..].IndexOf(RecordFormat.Magic);
            if (found < 0) break;

            int entry = from + found - RecordFormat.LengthBytes;
            if (entry % RecordFormat.Alignment == 0 && RecordFormat.TryRead(page, entry, out _, out _)) return entry;
            from += found + 1;
        }

        return page.Length;
    }

    private static int Aligned(ReadOnlySpan<byte> page, int end) => Math.Min(RecordFormat.Align(end), page.Length);

    private static bool IsZero(ReadOnlySpan<byte> page, int from) => page[from..].IndexOfAnyExcept((byte)0) < 0;
}
