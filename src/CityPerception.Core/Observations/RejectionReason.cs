namespace CityPerception.Core.Observations;

/// <summary>Every way in which input can be refused. Shown, counted, stored and tested one by one.</summary>
/// <remarks>
/// The numbers reach the disk with dead letters: they are explicit, only ever appended to, and held by a test.
/// The names, in snake_case, are the <c>error.type</c> of metrics and the <c>reason</c> of answers.
/// </remarks>
public enum RejectionReason
{
    /// <summary>The message has no bytes.</summary>
    PayloadEmpty = 1,

    /// <summary>The message, or what it decompresses to, is larger than the limit.</summary>
    PayloadTooLarge = 2,

    /// <summary>The compressed or encoded body cannot be undone: bad gzip, unknown content encoding.</summary>
    ContentEncodingInvalid = 3,

    /// <summary>The bytes are not the text encoding they should be.</summary>
    TextEncodingInvalid = 4,

    /// <summary>The bytes do not follow the grammar of their format.</summary>
    SyntaxInvalid = 5,

    /// <summary>Nested deeper than the limit.</summary>
    DepthExceeded = 6,

    /// <summary>More elements in one message than the limit.</summary>
    ElementsExceeded = 7,

    /// <summary>A key that the mapping reads occurs twice in one object: which of the two is meant cannot be known.</summary>
    DuplicateKey = 8,

    /// <summary>No source of this name, or none for this topic.</summary>
    SourceUnknown = 9,

    /// <summary>The measurement is not in measurements.yaml.</summary>
    MeasurementUnknown = 10,

    /// <summary>The field is not one of its measurement's.</summary>
    FieldUnknown = 11,

    /// <summary>The tag is not one of its measurement's.</summary>
    TagUnknown = 12,

    /// <summary>A required value is absent, null, or one of its missing-value sentinels.</summary>
    ValueMissing = 13,

    /// <summary>The value is of another type than the schema's and cannot be read as it.</summary>
    TypeMismatch = 14,

    /// <summary>Not a finite number that fits its type: NaN, 1e999, an integer beyond 64 bits.</summary>
    NumberInvalid = 15,

    /// <summary>Outside the valid range of the field, after conversion to the schema's unit.</summary>
    OutOfRange = 16,

    /// <summary>The time is not of the declared form.</summary>
    TimeInvalid = 17,

    /// <summary>The time lies before the earliest that the city accepts.</summary>
    TimeTooOld = 18,

    /// <summary>The time lies further ahead of the arrival than allowed.</summary>
    TimeInFuture = 19,

    /// <summary>The key is not in the lookup table.</summary>
    LookupMissing = 20,

    /// <summary>The tag's value is empty, too long, or not one of those allowed.</summary>
    TagValueInvalid = 21,

    /// <summary>The position is not within the city's bounds.</summary>
    PositionInvalid = 22,

    /// <summary>Nothing of the message became a field.</summary>
    FieldsEmpty = 23,

    /// <summary>The format's version is not one that is understood.</summary>
    VersionUnsupported = 24,

    /// <summary>The store took the rest of the batch and refused this line.</summary>
    RefusedByStore = 25,

    /// <summary>The spool's record was damaged on disk.</summary>
    SpoolRecordDamaged = 26,

    /// <summary>The check sum that a frame carries is not that of its bytes.</summary>
    ChecksumInvalid = 27,

    /// <summary>Sent under the name of a device that the sender is not.</summary>
    SenderForeign = 28,

    /// <summary>It has a number where its name was told in an earlier message, which is not known.</summary>
    AliasUnknown = 29,

    /// <summary>Its device is not in the registry, or is disabled, and the source rejects those.</summary>
    DeviceUnknown = 30,

    /// <summary>The same, and the source keeps them until the device is added: the sender is not told, and a replay then takes it.</summary>
    DeviceQuarantined = 31,
}
