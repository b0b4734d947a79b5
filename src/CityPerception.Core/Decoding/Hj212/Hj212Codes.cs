using System.Text;
using CityPerception.Core.Text;

namespace CityPerception.Core.Decoding.Hj212;

/// <summary>The factor codes that frames name in another way than HJ 212-2017, annex B: those of HJ/T 212-2005, and slips seen in the field.</summary>
internal static class Hj212Codes
{
    /// <summary>Longer names than this are taken as they are.</summary>
    private const int MaxBytes = 16;

    private static readonly Utf8Map<byte[]> Current = new(new Dictionary<string, string>
    {
        // The short codes of 2005, as annex B lists them beside the new ones.
        ["02"] = "a21026",
        ["03"] = "a21002",
        ["04"] = "a21005",
        ["25"] = "a24087",
        ["30"] = "a05001",
        ["10"] = "a21001",
        ["05"] = "a21028",
        ["17"] = "a25003",
        ["18"] = "a25005",
        ["b02"] = "a00000",
        ["01"] = "a34013",
        ["s01"] = "a19001",
        ["s02"] = "a01011",
        ["s03"] = "a01012",
        ["s04"] = "a01017",
        ["s05"] = "a01014",
        ["s06"] = "a01015",
        ["s07"] = "a01016",
        ["s08"] = "a01013",
        ["37"] = "a01010",
        ["08"] = "a21024",
        ["06"] = "a21018",
        ["31"] = "a20057",
        ["b01"] = "w00000",
        ["001"] = "w01001",
        ["002"] = "w01002",
        ["003"] = "w01012",
        ["010"] = "w01017",
        ["011"] = "w01018",
        ["015"] = "w01020",
        ["550"] = "w02003",
        ["520"] = "w19002",
        ["020"] = "w20111",
        ["022"] = "w20115",
        ["023"] = "w20116",
        ["024"] = "w20117",
        ["026"] = "w20119",
        ["027"] = "w20120",
        ["028"] = "w20121",
        ["029"] = "w20122",
        ["030"] = "w20123",
        ["031"] = "w20124",
        ["032"] = "w20125",
        ["065"] = "w21001",
        ["060"] = "w21003",
        ["063"] = "w21006",
        ["064"] = "w21007",
        ["101"] = "w21011",
        ["070"] = "w21016",
        ["072"] = "w21017",
        ["071"] = "w21019",
        ["090"] = "w21022",
        ["080"] = "w22001",
        ["110"] = "w23002",
        // Without its w, as in an example of the standard.
        ["01018"] = "w01018",
        // What vendors call ozone.
        ["a21030"] = "a05024",
        ["w34011"] = "a05024",
    }.Select(p => KeyValuePair.Create(p.Key, Encoding.ASCII.GetBytes(p.Value))));

    /// <summary>The code as annex B has it now, in lower case.</summary>
    /// <param name="code">As it came.</param>
    /// <param name="room">For a code in upper case; at least as long as it.</param>
    public static ReadOnlySpan<byte> Normalise(ReadOnlySpan<byte> code, Span<byte> room)
    {
        if (code.Length > MaxBytes) return code;
        for (int i = 0; i < code.Length; i++) room[i] = code[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(code[i] | 0x20) : code[i];
        ReadOnlySpan<byte> lower = room[..code.Length];
        return Current.TryGet(lower, out byte[] current) ? current : lower;
    }
}
