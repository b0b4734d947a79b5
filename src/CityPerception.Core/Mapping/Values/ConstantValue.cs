using System.Text;
using CityPerception.Core.Configuration;

namespace CityPerception.Core.Mapping.Values;

/// <summary>A scalar of the configuration, ready to be a value.</summary>
internal sealed class ConstantValue
{
    private readonly ConfigScalarKind _kind;
    private readonly double _number;
    private readonly bool _truth;
    private readonly byte[] _text;

    public ConstantValue(ConfigScalar scalar)
    {
        (_kind, _number, _truth) = (scalar.Kind, scalar.Number, scalar.Bool);
        _text = Encoding.UTF8.GetBytes(scalar.Text);
    }

    public ConstantValue(string text)
    {
        _kind = ConfigScalarKind.Text;
        _text = Encoding.UTF8.GetBytes(text);
    }

    public Value Value => _kind switch
    {
        ConfigScalarKind.Number => Value.Of(_number),
        ConfigScalarKind.Bool => Value.Of(_truth),
        ConfigScalarKind.Null => Value.Missing,
        _ => Value.OfText(_text),
    };

    /// <summary>Whether a value is this one: as a number if this is one, else letter by letter.</summary>
    public bool Is(Value value) => _kind switch
    {
        ConfigScalarKind.Number => value.Kind is ValueKind.Number or ValueKind.Text && value.TryGetNumber(out double number) && number == _number,
        ConfigScalarKind.Bool => value.Kind == (_truth ? ValueKind.True : ValueKind.False),
        ConfigScalarKind.Null => value.IsMissing,
        _ => value.Kind == ValueKind.Text && value.Text.SequenceEqual(_text),
    };
}
