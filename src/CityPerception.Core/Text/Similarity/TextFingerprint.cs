using System.Buffers.Binary;

namespace CityPerception.Core.Text.Similarity;

/// <summary>Whether two texts name a place in common.</summary>
public enum PlaceAgreement
{
    /// <summary>One of them names none.</summary>
    Unknown,
    Shared,
    Different,
}

/// <summary>
/// What is kept of a text to find others that speak of the same: numbers for its signs and pairs of signs, and for the
/// places that it names. Not the text: nobody can read it from the numbers as it was, though who guesses it can prove it.
/// </summary>
public sealed class TextFingerprint
{
    private readonly uint[] _grams, _places, _numbers;

    private TextFingerprint(uint[] grams, uint[] places, uint[] numbers) => (_grams, _places, _numbers) = (grams, places, numbers);

    /// <summary>How many keys <see cref="FillKeys"/> writes at most.</summary>
    public const int MaxKeys = Grams.Bands + PlaceWords.Max;

    /// <summary>The fingerprint of a text; null of one that says too little to be compared.</summary>
    public static TextFingerprint? Find(string text)
    {
        string folded = ComparableText.Fold(text);
        uint[] grams = Grams.Of(folded);
        return grams.Length < Grams.Least ? null : new TextFingerprint(grams, PlaceWords.Names(folded), PlaceWords.Numbers(folded));
    }

    /// <summary>The share of signs and pairs of signs that is common, 0 to 1.</summary>
    public double Similarity(TextFingerprint other) => Grams.Similarity(_grams, other._grams);

    /// <summary>Whether they name a place in common.</summary>
    public PlaceAgreement Places(TextFingerprint other)
    {
        if (_places.Length == 0 || other._places.Length == 0) return PlaceAgreement.Unknown;
        return _places.AsSpan().ContainsAny(other._places) ? PlaceAgreement.Shared : PlaceAgreement.Different;
    }

    /// <summary>Whether both number a building, an entrance or a bus line, and differently.</summary>
    public bool NumbersContradict(TextFingerprint other) => PlaceWords.Contradict(_numbers, other._numbers);

    /// <summary>Keys of which texts that may speak of the same have one in common. Returns how many.</summary>
    public int FillKeys(Span<ulong> keys)
    {
        Grams.FillBands(_grams, keys);
        for (int i = 0; i < _places.Length; i++) keys[Grams.Bands + i] = _places[i];
        return Grams.Bands + _places.Length;
    }

    /// <summary>As it is kept: the counts of the three sets, a byte each, and their numbers, little-endian.</summary>
    public byte[] ToBytes()
    {
        uint[] all = [.. _grams, .. _places, .. _numbers];
        byte[] bytes = new byte[3 + 4 * all.Length];
        (bytes[0], bytes[1], bytes[2]) = ((byte)_grams.Length, (byte)_places.Length, (byte)_numbers.Length);
        for (int i = 0; i < all.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(3 + 4 * i), all[i]);
        return bytes;
    }

    /// <summary>What <see cref="ToBytes"/> gave.</summary>
    public static TextFingerprint FromBytes(ReadOnlySpan<byte> bytes)
    {
        int offset = 3;
        return new TextFingerprint(Read(bytes, bytes[0], ref offset), Read(bytes, bytes[1], ref offset), Read(bytes, bytes[2], ref offset));
    }

    private static uint[] Read(ReadOnlySpan<byte> bytes, int count, ref int offset)
    {
        uint[] numbers = new uint[count];
        for (int i = 0; i < count; i++, offset += 4) numbers[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);
        return numbers;
    }
}
