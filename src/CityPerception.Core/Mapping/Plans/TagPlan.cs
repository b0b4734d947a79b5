using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Mapping.Paths;
using CityPerception.Core.Mapping.Values;
using CityPerception.Core.Observations;
using CityPerception.Core.Schema;
using CityPerception.Core.Text;

namespace CityPerception.Core.Mapping.Plans;

/// <summary>Turns a value into a tag, within the bounds of the schema.</summary>
internal sealed class TagPlan
{
    private readonly TagSchema _schema;
    private readonly ValuePlan _value;
    private readonly LineKey _key;
    private readonly Utf8Map<bool>? _allowed;
    private readonly LineTag? _fixed;
    private readonly bool _isNoted;
    private readonly byte[] _fixedText = [];

    /// <param name="schema">What the tag may be.</param>
    /// <param name="value">Where it comes from.</param>
    /// <param name="isNoted">Whether the run is to know it: the device, where the source asks something of it.</param>
    public TagPlan(TagSchema schema, ValuePlan value, bool isNoted = false)
    {
        _isNoted = isNoted;
        (_schema, _value) = (schema, value);
        _key = new LineKey(Encoding.UTF8.GetBytes(schema.Name));
        _allowed = schema.Values.Count == 0 ? null : new(schema.Values.Select(v => KeyValuePair.Create(v, true)));
        if (value.Constant is { } constant && constant.Value is { Kind: ValueKind.Text, Text: var text } && text.Length <= schema.MaxBytes && IsListed(text))
        {
            _fixed = LineTag.TryCreate(_key, text);
            _fixedText = text.ToArray();
        }
    }

    /// <summary>The captured values that the tag is made from; null if it is made from anything else too.</summary>
    public SlotRef[]? Inputs => _value.Inputs;

    public bool TryWrite(scoped in MappingContext context, ref LineProtocolWriter line)
    {
        if (_fixed is not null)
        {
            line.Tag(_fixed);
            if (_isNoted) context.Run.SetDevice(_fixedText);
            return true;
        }

        if (!_value.TryEvaluate(in context, out Value found)) return false;
        if (found.IsMissing) return true;

        string? fault = null;
        if (!Functions.TryText(found, in context, out ReadOnlySpan<byte> text)) fault = "is a text";
        else if (text.Length > _schema.MaxBytes) fault = $"has at most {_schema.MaxBytes} bytes";
        else if (!IsListed(text)) fault = $"is one of {Some(_schema.Values)}";
        else if (line.Tag(_key, text))
        {
            if (_isNoted) context.Run.SetDevice(text);
            return true;
        }
        else fault = "has a value";

        return _value.OmitInvalid || context.Run.Fail(RejectionReason.TagValueInvalid, _value.Where, $"the tag {_schema.Name} {fault}, found {ValuePlan.Describe(found)}");
    }

    private bool IsListed(ReadOnlySpan<byte> text) => _allowed is null || _allowed.TryGet(text, out _);

    private static string Some(IReadOnlyList<string> values)
    {
        const int shown = 12;
        return string.Join(", ", values.Take(shown)) + (values.Count > shown ? ", …" : "");
    }
}
