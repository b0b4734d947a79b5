using System.Text.Json;

namespace CityPerception.Core.Decoding.SenMl;

/// <summary>The labels of RFC 8428, section 12.2, as flags: what a record has.</summary>
[Flags]
internal enum SenMlLabel
{
    /// <summary>One that nobody has to understand.</summary>
    Unknown = 0,

    BaseName = 1 << 0,
    BaseTime = 1 << 1,
    BaseUnit = 1 << 2,
    BaseValue = 1 << 3,
    BaseSum = 1 << 4,
    BaseVersion = 1 << 5,
    Name = 1 << 6,
    Unit = 1 << 7,
    Value = 1 << 8,
    StringValue = 1 << 9,
    BooleanValue = 1 << 10,
    DataValue = 1 << 11,
    Sum = 1 << 12,
    Time = 1 << 13,
    UpdateTime = 1 << 14,

    /// <summary>Ends in an underscore: who does not know it must not read the pack (section 4.4).</summary>
    MustUnderstand = 1 << 15,

    AnyBase = BaseName | BaseTime | BaseUnit | BaseValue | BaseSum | BaseVersion,
    AnyValue = Value | StringValue | BooleanValue | DataValue,
    AnyText = BaseName | BaseUnit | Name | Unit | StringValue | DataValue,
    AnyNumber = BaseTime | BaseValue | BaseSum | BaseVersion | Value | Sum | Time | UpdateTime,
}

internal static class SenMlLabels
{
    /// <summary>The label of the property at which the reader stands.</summary>
    public static SenMlLabel Read(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped) return Of(reader.ValueSpan);

        // Nobody escapes labels; but "\u0076" is "v", and the trailing underscore must not hide.
        foreach ((SenMlLabel label, string name) in Names)
        {
            if (reader.ValueTextEquals(name)) return label;
        }

        return EndsInUnderscore(reader.ValueSpan) ? SenMlLabel.MustUnderstand : SenMlLabel.Unknown;
    }

    /// <summary>The label as it is written.</summary>
    public static string NameOf(SenMlLabel label) => Names.First(n => n.Label == label).Name;

    private static readonly (SenMlLabel Label, string Name)[] Names =
    [
        (SenMlLabel.BaseName, "bn"), (SenMlLabel.BaseTime, "bt"), (SenMlLabel.BaseUnit, "bu"), (SenMlLabel.BaseValue, "bv"),
        (SenMlLabel.BaseSum, "bs"), (SenMlLabel.BaseVersion, "bver"), (SenMlLabel.Name, "n"), (SenMlLabel.Unit, "u"),
        (SenMlLabel.Value, "v"), (SenMlLabel.StringValue, "vs"), (SenMlLabel.BooleanValue, "vb"), (SenMlLabel.DataValue, "vd"),
        (SenMlLabel.Sum, "s"), (SenMlLabel.Time, "t"), (SenMlLabel.UpdateTime, "ut"),
    ];

    private static SenMlLabel Of(ReadOnlySpan<byte> name) => name switch
    {
        [(byte)'n'] => SenMlLabel.Name,
        [(byte)'v'] => SenMlLabel.Value,
        [(byte)'u'] => SenMlLabel.Unit,
        [(byte)'t'] => SenMlLabel.Time,
        [(byte)'s'] => SenMlLabel.Sum,
        [(byte)'v', (byte)'s'] => SenMlLabel.StringValue,
        [(byte)'v', (byte)'b'] => SenMlLabel.BooleanValue,
        [(byte)'v', (byte)'d'] => SenMlLabel.DataValue,
        [(byte)'u', (byte)'t'] => SenMlLabel.UpdateTime,
        [(byte)'b', (byte)'n'] => SenMlLabel.BaseName,
        [(byte)'b', (byte)'t'] => SenMlLabel.BaseTime,
        [(byte)'b', (byte)'u'] => SenMlLabel.BaseUnit,
        [(byte)'b', (byte)'v'] => SenMlLabel.BaseValue,
        [(byte)'b', (byte)'s'] => SenMlLabel.BaseSum,
        [(byte)'b', (byte)'v', (byte)'e', (byte)'r'] => SenMlLabel.BaseVersion,
        [.., (byte)'_'] => SenMlLabel.MustUnderstand,
        _ => SenMlLabel.Unknown,
    };

    // "\u005f" or "\u005F" is the only other way to write an underscore.
    private static bool EndsInUnderscore(ReadOnlySpan<byte> escaped) =>
        escaped.EndsWith("_"u8) || escaped.EndsWith("\\u005f"u8) || escaped.EndsWith("\\u005F"u8);
}
