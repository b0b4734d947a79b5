using CityPerception.Core.Observations;
using CityPerception.Core.Schema;

namespace CityPerception.Core.LineProtocol.Intake;

/// <summary>A tag's or field's value between reading the line and writing it anew.</summary>
internal struct IntakeValue
{
    /// <summary>Where its text begins in the line's scratch space, and how long it is.</summary>
    public int Start, Length;

    public double Number;

    public long Integer;

    public bool IsThere;

    /// <summary>Reads the field at which the reader stands as what the schema says it is; all but the text of a string.</summary>
    /// <returns>Null, or why it cannot be.</returns>
    public RejectionReason? TryConvert(in LineProtocolReader reader, FieldSchema schema)
    {
        bool isNumber = reader.TryGetDouble(out Number);
        switch (schema.Type)
        {
            case FieldType.Float:
                return !isNumber ? RejectionReason.TypeMismatch : InRange(Number, schema);

            case FieldType.Integer when reader.TryGetBoolean(out bool truth):
                Integer = truth ? 1 : 0;
                return InRange(Integer, schema);

            case FieldType.Integer:
                if (!isNumber || Number != Math.Truncate(Number)) return RejectionReason.TypeMismatch;
                if (!reader.TryGetInt64(out Integer))
                {
                    // 2^63 is the first double that 64 bits with sign cannot hold.
                    if (Number is < -9223372036854775808.0 or >= 9223372036854775808.0) return RejectionReason.NumberInvalid;
                    Integer = (long)Number;
                }

                return InRange(Number, schema);

            case FieldType.Boolean:
                bool isTruth = reader.TryGetBoolean(out bool value);
                Integer = isTruth ? (value ? 1 : 0) : (long)Number;
                return isTruth || (isNumber && Number is 0 or 1) ? null : RejectionReason.TypeMismatch;

            default:
                return reader.Kind is LineFieldKind.String ? null : RejectionReason.TypeMismatch;
        }
    }

    private static RejectionReason? InRange(double number, FieldSchema schema) =>
        number < schema.Min || number > schema.Max ? RejectionReason.OutOfRange : null;
}
