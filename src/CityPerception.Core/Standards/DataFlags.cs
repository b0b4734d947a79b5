namespace CityPerception.Core.Standards;

/// <summary>The flags of measured values: HJ 212-2017, table 8, which HJ 212-2025 keeps; HJ/T 212-2005 before it.</summary>
public static class DataFlags
{
    /// <summary>
    /// Whether a value may enter a mean. N: the instrument works. 3 (normal) and, of weather, 1 are what air stations of
    /// 2005 send instead. F (stopped), M (maintenance), S (set by hand), D (fault), C (calibration), T (over range), B (link
    /// lost), P (no power), 0 (calibration), 2 (abnormal) and all others say that the value is not one of the air or the
    /// water.
    /// </summary>
    /// <param name="flag">As it came, UTF-8; empty for none.</param>
    /// <param name="withoutFlag">Whether a value without a flag counts, as older devices send them.</param>
    public static bool IsUsable(ReadOnlySpan<byte> flag, bool withoutFlag = true) =>
        flag.IsEmpty ? withoutFlag : flag is [(byte)'N' or (byte)'n' or (byte)'3' or (byte)'1'];
}
