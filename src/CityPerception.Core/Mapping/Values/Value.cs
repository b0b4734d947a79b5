namespace CityPerception.Core.Mapping.Values;

internal enum ValueKind : byte
{
    /// <summary>Absent, null, or one of the sentinels that mean so.</summary>
    Missing,
    Number,
    Text,
    True,
    False,

    /// <summary>An object or array, which nothing but a test of existence takes.</summary>
    Json,

    /// <summary>What was found is no value at all (a broken escape); the run has noted why.</summary>
    Failed,
}

/// <summary>A value on its way through the mapping. Lives on the stack; its text lies in the message or in scratch.</summary>
internal readonly ref struct Value
{
    private Value(ValueKind kind, double number = 0, ReadOnlySpan<byte> text = default)
    {
        Kind = kind;
        Number = number;
        Text = text;
    }

    public ValueKind Kind { get; }

    public double Number { get; }

    /// <summary>Text in UTF-8; of a number as it was read, its digits, which hold more than a double; else empty.</summary>
    public ReadOnlySpan<byte> Text { get; }

    public bool IsMissing => Kind == ValueKind.Missing;

    public static Value Missing => default;

    public static Value Failed => new(ValueKind.Failed);

    public static Value Json => new(ValueKind.Json);

    public static Value Of(double number) => new(ValueKind.Number, number);

    public static Value Of(bool value) => new(value ? ValueKind.True : ValueKind.False);

    public static Value OfText(ReadOnlySpan<byte> text) => new(ValueKind.Text, 0, text);

    /// <summary>A number that stands in the message.</summary>
    public static Value OfDigits(ReadOnlySpan<byte> digits) => new(ValueKind.Number, NumberText.Parse(digits), digits);

    /// <summary>True, or a number other than zero, or text that is not empty.</summary>
    public bool IsTruthy => Kind switch
    {
        ValueKind.True => true,
        ValueKind.Number => Number != 0,
        ValueKind.Text => !Text.IsEmpty,
        ValueKind.Json => true,
        _ => false,
    };

    /// <summary>As a number: numbers, text that is one, and true and false as 1 and 0.</summary>
    public bool TryGetNumber(out double number)
    {
        switch (Kind)
        {
            case ValueKind.Number:
                number = Number;
                return true;
            case ValueKind.Text:
                return NumberText.TryParse(Text, out number);
            case ValueKind.True or ValueKind.False:
                number = Kind == ValueKind.True ? 1 : 0;
                return true;
            default:
                number = 0;
                return false;
        }
    }
}
