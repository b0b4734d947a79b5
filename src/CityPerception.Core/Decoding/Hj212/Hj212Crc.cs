using System.Buffers.Text;

namespace CityPerception.Core.Decoding.Hj212;

/// <summary>
/// The CRC-16 of HJ 212-2017, annex A. Its polynomial is that of Modbus (0xA001), but every byte meets the high half of
/// the register instead of the low one: no library's CRC-16 gives the same.
/// </summary>
public static class Hj212Crc
{
    private static readonly ushort[] Table = [.. Enumerable.Range(0, 256).Select(Shift)];

    public static ushort Compute(ReadOnlySpan<byte> data)
    {
        ushort register = 0xFFFF;
        foreach (byte b in data) register = Table[(register >> 8) ^ b];
        return register;
    }

    /// <summary>Whether four hex digits, in either case, are the CRC of the data.</summary>
    public static bool Matches(ReadOnlySpan<byte> data, ReadOnlySpan<byte> hex) =>
        Utf8Parser.TryParse(hex, out ushort sent, out int length, 'X') && length == hex.Length && sent == Compute(data);

    private static ushort Shift(int register)
    {
        for (int bit = 0; bit < 8; bit++) register = (register & 1) != 0 ? (register >> 1) ^ 0xA001 : register >> 1;
        return (ushort)register;
    }
}
