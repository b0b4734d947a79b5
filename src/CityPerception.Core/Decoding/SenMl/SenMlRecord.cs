using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.SenMl;

/// <summary>A text as it stands in the pack: with its quotes and escapes.</summary>
internal readonly ref struct SenMlText(ReadOnlySpan<byte> token, bool isEscaped)
{
    public ReadOnlySpan<byte> Token { get; } = token;

    public bool IsEscaped { get; } = isEscaped;
}

/// <summary>The labels and values of one record, before bases are applied.</summary>
internal ref struct SenMlRecord
{
    public SenMlLabel Has { get; private set; }

    public SenMlText BaseName { get; private set; }

    public SenMlText BaseUnit { get; private set; }

    public SenMlText Name { get; private set; }

    public SenMlText Unit { get; private set; }

    /// <summary>The string or data value.</summary>
    public SenMlText Text { get; private set; }

    public ReadOnlySpan<byte> BaseTime { get; private set; }

    public ReadOnlySpan<byte> BaseValue { get; private set; }

    public ReadOnlySpan<byte> BaseSum { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public ReadOnlySpan<byte> Sum { get; private set; }

    public ReadOnlySpan<byte> Time { get; private set; }

    public ReadOnlySpan<byte> UpdateTime { get; private set; }

    public bool Boolean { get; private set; }

    /// <summary>The first thing wrong with the record, if any.</summary>
    public SenMlFault? Fault { get; private set; }

    /// <summary>The first thing wrong with it that spoils the records after it too, so that the pack cannot be read.</summary>
    public SenMlFault? PackFault { get; private set; }

    /// <summary>Reads the object at which the reader stands, to its end, whatever is wrong with it.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    public static SenMlRecord Read(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> pack)
    {
        var record = new SenMlRecord();
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            SenMlLabel label = SenMlLabels.Read(ref reader);
            reader.Read();
            record.Add(label, ref reader, pack);
            reader.Skip();
        }

        return record;
    }

    private void Add(SenMlLabel label, scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> pack)
    {
        if (label is SenMlLabel.Unknown) return;

        ReadOnlySpan<byte> token = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray
            ? default
            : pack[(int)reader.TokenStartIndex..(int)reader.BytesConsumed];
        SenMlFault? fault = (Has & label) != 0
            ? new SenMlFault(label, RejectionReason.DuplicateKey, "the label is there twice")
            : FaultOf(label, reader.TokenType, token);
        Fault ??= fault;
        if ((label & (SenMlLabel.AnyBase | SenMlLabel.MustUnderstand)) != 0) PackFault ??= fault;
        Has |= label;
        if (fault is null) Set(label, reader.TokenType, new SenMlText(token, reader.ValueIsEscaped));
    }

    private static SenMlFault? FaultOf(SenMlLabel label, JsonTokenType type, ReadOnlySpan<byte> token)
    {
        if (label is SenMlLabel.MustUnderstand) return new(label, RejectionReason.VersionUnsupported, "a label that ends in '_' and is not known");
        if ((label & SenMlLabel.AnyText) != 0 && type is not JsonTokenType.String) return new(label, RejectionReason.TypeMismatch, "a string expected");
        if ((label & SenMlLabel.AnyNumber) != 0 && type is not JsonTokenType.Number) return new(label, RejectionReason.TypeMismatch, "a number expected");
        if (label is SenMlLabel.BooleanValue && type is not (JsonTokenType.True or JsonTokenType.False)) return new(label, RejectionReason.TypeMismatch, "true or false expected");
        if ((label & SenMlLabel.AnyText) != 0 && !Utf8.IsValid(token)) return new(label, RejectionReason.TextEncodingInvalid, "not UTF-8");
        if ((label & SenMlLabel.AnyNumber) != 0 && !LineNumbers.TryParseDouble(token, out _)) return new(label, RejectionReason.NumberInvalid, "not a finite number of 64 bits");
        if (label is SenMlLabel.BaseVersion && !IsKnownVersion(token)) return new(label, RejectionReason.VersionUnsupported, "a version from 1 to 10 expected");
        if (label is SenMlLabel.DataValue && !Base64Url.IsValid(token[1..^1])) return new(label, RejectionReason.TypeMismatch, "base64 with the URL-safe alphabet expected");
        return null;
    }

    private void Set(SenMlLabel label, JsonTokenType type, SenMlText text)
    {
        switch (label)
        {
            case SenMlLabel.BaseName: BaseName = text; break;
            case SenMlLabel.BaseUnit: BaseUnit = text; break;
            case SenMlLabel.Name: Name = text; break;
            case SenMlLabel.Unit: Unit = text; break;
            case SenMlLabel.StringValue or SenMlLabel.DataValue: Text = text; break;
            case SenMlLabel.BooleanValue: Boolean = type is JsonTokenType.True; break;
            case SenMlLabel.BaseTime: BaseTime = text.Token; break;
            case SenMlLabel.BaseValue: BaseValue = text.Token; break;
            case SenMlLabel.BaseSum: BaseSum = text.Token; break;
            case SenMlLabel.Value: Value = text.Token; break;
            case SenMlLabel.Sum: Sum = text.Token; break;
            case SenMlLabel.Time: Time = text.Token; break;
            case SenMlLabel.UpdateTime: UpdateTime = text.Token; break;
        }
    }

    private static bool IsKnownVersion(ReadOnlySpan<byte> token) =>
        LineNumbers.TryParseDouble(token, out double version) && version is >= 1 and <= 10 && version == Math.Truncate(version);
}

/// <summary>What is wrong with a record, and at which label.</summary>
internal sealed record SenMlFault(SenMlLabel Label, RejectionReason Reason, string Detail)
{
    public string Path(int index) => Label switch
    {
        SenMlLabel.Unknown or SenMlLabel.MustUnderstand => $"$[{index}]",
        _ => $"$[{index}].{SenMlLabels.NameOf(Label)}",
    };
}
