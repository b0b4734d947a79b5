using System.Globalization;
using System.Text.Json;
using CityPerception.Core.Decoding.Sparkplug.Wire;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Decoding.Sparkplug;

/// <summary>
/// The value of a metric by its datatype (Sparkplug 3.0, 6.4.16). Whole numbers travel in unsigned fields, negative ones
/// as two's complement, of 32 bits or of their own width.
/// </summary>
internal readonly struct SparkplugValue
{
    private readonly long _signed;
    private readonly Metric _metric;
    private readonly Form _form;

    private SparkplugValue(Metric metric, Form form, long signed = 0) => (_metric, _form, _signed) = (metric, form, signed);

    private enum Form { Null, Signed, Unsigned, Float, Double, Boolean, Text }

    /// <summary>Whether metrics of this datatype, or with such a value, are no single values.</summary>
    public static bool IsComposite(Metric metric, SparkplugDataType type) =>
        type >= SparkplugDataType.DataSet
        || metric.ValueCase is Metric.ValueOneofCase.BytesValue or Metric.ValueOneofCase.DatasetValue or Metric.ValueOneofCase.TemplateValue or Metric.ValueOneofCase.ExtensionValue;

    /// <summary>Whether the value says by itself what it is; whole numbers do not.</summary>
    public static bool IsPlain(Metric metric) =>
        metric.IsNull || metric.ValueCase is not (Metric.ValueOneofCase.IntValue or Metric.ValueOneofCase.LongValue);

    /// <summary>Reads the value as the datatype says; <see cref="SparkplugDataType.Unknown"/> takes it as it travels. Else says what does not fit.</summary>
    public static bool TryRead(Metric metric, SparkplugDataType type, out SparkplugValue value, out RejectionReason reason, out string detail)
    {
        (value, reason, detail) = (new SparkplugValue(metric, Form.Null), RejectionReason.TypeMismatch, "");
        if (metric.IsNull || metric.ValueCase is Metric.ValueOneofCase.None) return true;
        Form? form = FormOf(metric.ValueCase, type);
        if (form is not (Form.Signed or Form.Unsigned))
        {
            detail = form is null ? $"its datatype is {type}, but it holds {Describe(metric)}" : "";
            value = new SparkplugValue(metric, form ?? Form.Null);
            return form is not null;
        }

        if (TryWhole(metric, type, out long whole))
        {
            value = new SparkplugValue(metric, form.Value, whole);
            return true;
        }

        (reason, detail) = (RejectionReason.NumberInvalid, $"{Raw(metric).ToString(CultureInfo.InvariantCulture)} does not fit its datatype, {type}");
        return false;
    }

    /// <summary>Writes it. Not-a-number and infinity, which JSON has not, become null: no value.</summary>
    public void Write(Utf8JsonWriter json)
    {
        switch (_form)
        {
            case Form.Signed:
                json.WriteNumberValue(_signed);
                break;
            case Form.Unsigned:
                json.WriteNumberValue((ulong)_signed);
                break;
            case Form.Float when float.IsFinite(_metric.FloatValue):
                json.WriteNumberValue(_metric.FloatValue);
                break;
            case Form.Double when double.IsFinite(_metric.DoubleValue):
                json.WriteNumberValue(_metric.DoubleValue);
                break;
            case Form.Boolean:
                json.WriteBooleanValue(_metric.BooleanValue);
                break;
            case Form.Text:
                json.WriteStringValue(_metric.StringValue);
                break;
            default:
                json.WriteNullValue();
                break;
        }
    }

    private static Form? FormOf(Metric.ValueOneofCase field, SparkplugDataType type) => (field, type) switch
    {
        (Metric.ValueOneofCase.FloatValue, SparkplugDataType.Float or SparkplugDataType.Double or SparkplugDataType.Unknown) => Form.Float,
        (Metric.ValueOneofCase.DoubleValue, SparkplugDataType.Float or SparkplugDataType.Double or SparkplugDataType.Unknown) => Form.Double,
        (Metric.ValueOneofCase.BooleanValue, SparkplugDataType.Boolean or SparkplugDataType.Unknown) => Form.Boolean,
        (Metric.ValueOneofCase.StringValue, SparkplugDataType.String or SparkplugDataType.Text or SparkplugDataType.Uuid or SparkplugDataType.Unknown) => Form.Text,
        (Metric.ValueOneofCase.IntValue or Metric.ValueOneofCase.LongValue, SparkplugDataType.Int8 or SparkplugDataType.Int16 or SparkplugDataType.Int32 or SparkplugDataType.Int64) => Form.Signed,
        (Metric.ValueOneofCase.IntValue or Metric.ValueOneofCase.LongValue, >= SparkplugDataType.UInt8 and <= SparkplugDataType.UInt64 or SparkplugDataType.DateTime) => Form.Unsigned,
        _ => null,
    };

    private static bool TryWhole(Metric metric, SparkplugDataType type, out long whole)
    {
        ulong raw = Raw(metric);
        int bits = type switch
        {
            SparkplugDataType.Int8 or SparkplugDataType.UInt8 => 8,
            SparkplugDataType.Int16 or SparkplugDataType.UInt16 => 16,
            SparkplugDataType.Int32 or SparkplugDataType.UInt32 => 32,
            _ => 64,
        };
        whole = (long)raw;
        if (type is not (SparkplugDataType.Int8 or SparkplugDataType.Int16 or SparkplugDataType.Int32 or SparkplugDataType.Int64))
            return bits == 64 || raw >> bits == 0;

        // Widened with its sign, as most send it; or else in just its own bits.
        if (metric.HasIntValue) whole = (int)metric.IntValue;
        long min = -1L << (bits - 1);
        if (whole >= min && whole <= ~min) return true;
        whole = (long)raw - (1L << bits);
        return raw >> bits == 0;
    }

    private static ulong Raw(Metric metric) => metric.HasIntValue ? metric.IntValue : metric.LongValue;

    private static string Describe(Metric metric) => metric.ValueCase switch
    {
        Metric.ValueOneofCase.IntValue or Metric.ValueOneofCase.LongValue => $"the whole number {Raw(metric).ToString(CultureInfo.InvariantCulture)}",
        Metric.ValueOneofCase.FloatValue => $"the number {metric.FloatValue.ToString(CultureInfo.InvariantCulture)}",
        Metric.ValueOneofCase.DoubleValue => $"the number {metric.DoubleValue.ToString(CultureInfo.InvariantCulture)}",
        Metric.ValueOneofCase.BooleanValue => metric.BooleanValue ? "true" : "false",
        _ => "a text",
    };
}
