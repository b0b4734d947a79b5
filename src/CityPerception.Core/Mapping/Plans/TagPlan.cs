using System.Text;
using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Mapping.Values;
using CityPerception.Core.Observations;
using CityPerception.Core.Schema;
using CityPerception.Core.Text;

namespace CityPerception.Core.Mapping.Plans;

/// <summary>Turns a value into a tag, within the bounds of the schema.</summary>
internal sealed class TagPlan(TagSchema schema, ValuePlan value)
{
    private readonly byte[] _name = Encoding.UTF8.GetBytes(schema.Name);
    private readonly Utf8Map<bool>? _allowed = schema.Values.Count == 0 ? null : new(schema.Values.Select(v => KeyValuePair.Create(v, true)));

    public bool TryWrite(scoped in MappingContext context, ref LineProtocolWriter line)
    {
        if (!value.TryEvaluate(in context, out Value found)) return false;
        if (found.IsMissing) return true;

        string? fault = null;
        if (!Functions.TryText(found, in context, out ReadOnlySpan<byte> text)) fault = "is a text";
        else if (text.Length > schema.MaxBytes) fault = $"has at most {schema.MaxBytes} bytes";
        else if (_allowed is not null && !_allowed.TryGet(text, out _)) fault = $"is one of {Some(schema.Values)}";
        else if (line.Tag(_name, text)) return true;
        else fault = "has a value";

        return value.OmitInvalid || context.Run.Fail(RejectionReason.TagValueInvalid, value.Where, $"the tag {schema.Name} {fault}, found {ValuePlan.Describe(found)}");
    }

    private static string Some(IReadOnlyList<string> values)
    {
        const int shown = 12;
        return string.Join(", ", values.Take(shown)) + (values.Count > shown ? ", …" : "");
    }
}
