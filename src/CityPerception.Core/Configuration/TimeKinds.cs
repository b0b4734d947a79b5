using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CityPerception.Core.Configuration;

/// <summary>A span of time with its unit: <c>500ms 90s 5m 2h 400d</c>.</summary>
internal sealed partial class DurationKind : SimpleKind
{
    private const string Form = "^[0-9]{1,9}(ms|s|m|h|d)$";

    public override string Allowed => "a span of time such as 90s, 5m, 2h or 400d";

    protected override object? Read(ConfigScalar scalar, out string? suggestion)
    {
        suggestion = null;
        if (scalar.Kind == ConfigScalarKind.Number && scalar.Text.All(char.IsAsciiDigit))
            suggestion = $"{scalar.Text}s, {scalar.Text}m or {scalar.Text}h";
        if (!Pattern().IsMatch(scalar.Text)) return null;

        int digits = scalar.Text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        long count = long.Parse(scalar.Text.AsSpan(0, digits), CultureInfo.InvariantCulture);
        long ticks = scalar.Text[digits..] switch
        {
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            _ => TimeSpan.TicksPerDay,
        };
        return count <= TimeSpan.MaxValue.Ticks / ticks ? TimeSpan.FromTicks(count * ticks) : null;
    }

    public override JsonObject ToSchema(ConfigSchemaDefinitions definitions) =>
        new() { ["type"] = "string", ["pattern"] = Form };

    public override JsonNode ToJson(object value)
    {
        var span = (TimeSpan)value;
        (long ticks, string unit) = new[]
        {
            (TimeSpan.TicksPerDay, "d"), (TimeSpan.TicksPerHour, "h"), (TimeSpan.TicksPerMinute, "m"), (TimeSpan.TicksPerSecond, "s"),
            (TimeSpan.TicksPerMillisecond, "ms"),
        }.First(u => span.Ticks % u.Item1 == 0);
        return JsonValue.Create(string.Create(CultureInfo.InvariantCulture, $"{span.Ticks / ticks}{unit}"));
    }

    [GeneratedRegex(Form, RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}

/// <summary>A calendar day: <c>2026-02-17</c>.</summary>
internal sealed class DateKind : SimpleKind
{
    public override string Allowed => "a date such as 2026-02-17";

    protected override object? Read(ConfigScalar scalar, out string? suggestion)
    {
        suggestion = null;
        return DateOnly.TryParseExact(scalar.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly date) ? date : null;
    }

    public override JsonObject ToSchema(ConfigSchemaDefinitions definitions) =>
        new() { ["type"] = "string", ["pattern"] = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" };

    public override JsonNode ToJson(object value) =>
        JsonValue.Create(((DateOnly)value).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}

/// <summary>A time of the day: <c>08:30</c>.</summary>
internal sealed class TimeOfDayKind : SimpleKind
{
    public override string Allowed => "a time of the day such as 08:30";

    protected override object? Read(ConfigScalar scalar, out string? suggestion)
    {
        suggestion = null;
        if (TimeOnly.TryParseExact(scalar.Text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time)) return time;
        if (TimeOnly.TryParseExact(scalar.Text, "H:m", CultureInfo.InvariantCulture, DateTimeStyles.None, out time))
            suggestion = time.ToString("HH:mm", CultureInfo.InvariantCulture);
        return null;
    }

    public override JsonObject ToSchema(ConfigSchemaDefinitions definitions) =>
        new() { ["type"] = "string", ["pattern"] = "^[0-9]{2}:[0-9]{2}$" };

    public override JsonNode ToJson(object value) =>
        JsonValue.Create(((TimeOnly)value).ToString("HH:mm", CultureInfo.InvariantCulture));
}
