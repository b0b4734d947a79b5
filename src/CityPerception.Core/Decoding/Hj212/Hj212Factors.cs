using CityPerception.Core.Standards;

namespace CityPerception.Core.Decoding.Hj212;

/// <summary>Walks the factors of command parameters: each is a run of pairs <c>code-Name=value</c> with the same code.</summary>
internal ref struct Hj212Factors(ReadOnlySpan<byte> parameters)
{
    private Hj212Pairs _next = new(parameters);
    private bool _isAhead, _hasNext;

    /// <summary>As it came.</summary>
    public ReadOnlySpan<byte> Code { get; private set; }

    /// <summary>Its data flag (HJ 212-2017, table 8); empty for none.</summary>
    public ReadOnlySpan<byte> Flag { get; private set; }

    /// <summary>The pairs of the factor; <see cref="TrySplit"/> tells the names of its values from those of others.</summary>
    public Hj212Pairs Pairs { get; private set; }

    public readonly bool IsUsable => DataFlags.IsUsable(Flag);

    public bool MoveNext()
    {
        Flag = default;
        if (!_isAhead) _hasNext = Advance(ref _next);
        _isAhead = true;
        if (!_hasNext) return false;

        TrySplit(_next.Key, out ReadOnlySpan<byte> code, out _);
        Code = code;
        Pairs = _next;
        do
        {
            TrySplit(_next.Key, out _, out ReadOnlySpan<byte> name);
            if (name.SequenceEqual("Flag"u8)) Flag = _next.Value;
            _hasNext = Advance(ref _next);
        }
        while (_hasNext && TrySplit(_next.Key, out code, out _) && code.SequenceEqual(Code));
        return true;
    }

    /// <summary>Splits <c>a34004-Rtd</c>. False if there is no code in it.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> key, out ReadOnlySpan<byte> code, out ReadOnlySpan<byte> name)
    {
        int dash = key.LastIndexOf((byte)'-');
        code = dash <= 0 ? default : key[..dash].TrimEnd((byte)' ');
        name = dash <= 0 ? default : key[(dash + 1)..].TrimStart((byte)' ');
        if (name.SequenceEqual("td"u8)) name = "Rtd"u8; // seen in the field: LA-td
        return !code.IsEmpty;
    }

    private static bool Advance(ref Hj212Pairs pairs)
    {
        while (pairs.MoveNext())
            if (TrySplit(pairs.Key, out _, out _)) return true;
        return false;
    }
}
