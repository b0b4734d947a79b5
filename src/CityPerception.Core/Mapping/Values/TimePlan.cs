using System.Globalization;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Observations;

namespace CityPerception.Core.Mapping.Values;

/// <summary>How a value is read as a time.</summary>
internal enum TimeForm { Auto, Seconds, Milliseconds, Microseconds, Nanoseconds, Iso, Excel, Pattern }

/// <summary>Reads the time of an observation and checks that it can be true.</summary>
internal sealed class TimePlan
{
    public required ValuePlan Value { get; init; }

    public required TimeForm Form { get; init; }

    public TimePattern? Pattern { get; init; }

    public required TimeZoneInfo Zone { get; init; }

    /// <summary>Without a value the time of arrival is taken.</summary>
    public bool ElseReceived { get; init; }

    public required long EarliestNs { get; init; }

    public required long AheadNs { get; init; }

    /// <summary>False if there is no time that can be true.</summary>
    /// <param name="isArrival">The message had no time of its own.</param>
    public bool TryRead(scoped in MappingContext context, out long ns, out bool isArrival)
    {
        MappingRun run = context.Run;
        isArrival = false;
        ns = 0;
        if (!Value.TryEvaluate(in context, out Value value)) return false;
        if (value.IsMissing && ElseReceived)
        {
            isArrival = true;
            ns = run.ReceivedNs;
            return true;
        }

        if (value.IsMissing) return run.Fail(RejectionReason.ValueMissing, Value.Where, "no time");
        if (!TryRead(value, out ns)) return run.Fail(RejectionReason.TimeInvalid, Value.Where, $"{ValuePlan.Describe(value)} is not a time of the form {Describe()}");
        if (ns < EarliestNs)
            return run.Fail(RejectionReason.TimeTooOld, Value.Where, $"{Show(ns)} is before {Show(EarliestNs)}");
        if (ns > run.ReceivedNs + AheadNs)
            return run.Fail(RejectionReason.TimeInFuture, Value.Where, $"{Show(ns)} is more than {TimeSpan.FromTicks(AheadNs / ObservationTime.NsPerTick)} after its arrival");
        return true;
    }

    private bool TryRead(Value value, out long ns)
    {
        ns = 0;
        if (Form is TimeForm.Iso or TimeForm.Pattern || (Form is TimeForm.Auto && value.Kind == ValueKind.Text && value.Text.ContainsAny("-/:T"u8[..3])))
        {
            if (value.Kind is not (ValueKind.Text or ValueKind.Number)) return false;
            TextTime time;
            bool read = Form == TimeForm.Pattern ? Pattern!.TryParse(value.Text, out time) : IsoTime.TryParse(value.Text, out time);
            if (read) ns = time.ToUtcNs(Zone);
            return read;
        }

        if (value.Kind is not (ValueKind.Number or ValueKind.Text) || !value.TryGetNumber(out double number) || !double.IsFinite(number)) return false;
        if (Form == TimeForm.Excel) return TryExcel(number, out ns);

        long unit = Form switch
        {
            TimeForm.Seconds => ObservationTime.NsPerSecond,
            TimeForm.Milliseconds => ObservationTime.NsPerMillisecond,
            TimeForm.Microseconds => 1_000,
            TimeForm.Nanoseconds => 1,
            // Up to the year 5138 in seconds, and from 1973 on in ms: no city's clock is outside.
            _ => Math.Abs(number) switch { < 1e11 => ObservationTime.NsPerSecond, < 1e14 => ObservationTime.NsPerMillisecond, < 1e17 => 1_000, _ => 1 },
        };

        // Whole numbers by their digits: a double is too coarse for nanoseconds.
        if (NumberText.TryParseInteger(value.Text, out long whole))
        {
            Int128 exact = (Int128)whole * unit;
            ns = (long)Int128.Clamp(exact, ObservationTime.MinNs, ObservationTime.MaxNs);
            return true;
        }

        // And fractions too: 1795483800.12 s as a double is 114 ns off.
        if (Math.Abs(number) < 1e18 && decimal.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal digits))
        {
            ns = (long)decimal.Clamp(decimal.Round(digits * unit), ObservationTime.MinNs, ObservationTime.MaxNs);
            return true;
        }

        ns = (long)Math.Clamp(Math.Round(number * unit), ObservationTime.MinNs, 9.2e18);
        return true;
    }

    // Excel's day 0 is 1899-12-30 for every date since March 1900.
    private bool TryExcel(double days, out long ns)
    {
        ns = 0;
        if (days is < 1 or > 200_000) return false;
        long seconds = (long)Math.Round((days - 25_569) * 86_400);
        ns = new TextTime(seconds * ObservationTime.NsPerSecond, IsLocal: true).ToUtcNs(Zone);
        return true;
    }

    private static string Show(long ns) => ObservationTime.FromUnixNs(ns).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private string Describe() => Form switch
    {
        TimeForm.Auto => "auto (ISO 8601 or an epoch)",
        TimeForm.Iso => "iso-8601",
        TimeForm.Excel => "excel (days since 1899-12-30)",
        TimeForm.Pattern => "its pattern",
        _ => $"unix time in {Form.ToString().ToLowerInvariant()}",
    };
}
