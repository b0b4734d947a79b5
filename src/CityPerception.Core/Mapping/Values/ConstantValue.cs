using System.Text;
using CityPerception.Core.Configuration;

namespace CityPerception.Core.Mapping.Values;

/// <summary>A scalar of the configuration, ready to be a value.</summary>
internal sealed class ConstantValue(ConfigScalar scalar)
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(scalar.Text);

    public Value Value => scalar.Kind switch
    {
        ConfigScalarKind.Number => Value.Of(scalar.Number),
        ConfigScalarKind.Bool => Value.Of(scalar.Bool),
        ConfigScalarKind.Null => Value.Missing,
        _ => Value.OfText(_text),
    };

    /// <summary>Whether a value is this one: as a number if this is one, else letter by letter.</summary>
    public bool Is(Value value) => scalar.Kind switch
    {
        ConfigScalarKind.Number => value.Kind is ValueKind.Number or ValueKind.Text && value.TryGetNumber(out double number) && number == scalar.Number,
        ConfigScalarKind.Bool => value.Kind == (scalar.Bool ? ValueKind.True : ValueKind.False),
        ConfigScalarKind.Null => value.IsMissing,
        _ => value.Kind == ValueKind.Text && value.Text.SequenceEqual(_text),
    };
}
