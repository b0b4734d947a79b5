using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using CityPerception.Core.Channels.Calculations;
using CityPerception.Core.Configuration;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;

namespace CityPerception.Core.Channels;

/// <summary>Checks an input against the schema of measurements, and makes what is asked of the store.</summary>
internal sealed partial class InputCompiler(MeasurementCatalog catalog, ConfigFaults faults)
{
    /// <summary>The input; null, with the faults noted, when anything is wrong.</summary>
    public KpiInput? Compile(string name, InputFile file, string? by)
    {
        if (!file.IsSound) return null;
        if (file.Calculate is { } calculation) return Calculated(name, file, calculation, by);
        (string key, InputKind kind, string path) = Aggregate(file);
        string[] parts = path.Split('.');
        if (!catalog.ByName.TryGetValue(parts[0], out Measurement? measurement))
        {
            faults.Add(file, key, $"the unknown measurement {parts[0]}", "one of measurements.yaml", Suggest.Closest(parts[0], catalog.ByName.Keys));
            return null;
        }

        int before = faults.All.Count;
        if (kind is InputKind.Distinct) CheckTag(measurement, parts[1], file, key);
        else CheckField(measurement, parts[1], kind, file, key);
        if (file.Per is { } per) CheckTag(measurement, per, file, "per");
        if (by is not null) CheckTag(measurement, by, file, key);
        if (file.Every is { } every && (every < TimeSpan.FromSeconds(10) || TimeSpan.FromHours(1).Ticks % every.Ticks != 0))
            faults.Add(file, "every", $"{every.TotalSeconds} seconds", "10s to 1h, so many of which are an hour: 1m, 5m, 15m");
        ImmutableArray<Filter> where = Conditions(measurement, file);
        if (file.AgainstWeeks && (kind is not (InputKind.Count or InputKind.Sum) || file.Per is not null)) faults.Add(file, "against_weeks", $"{key} against weeks", "count or sum against weeks");
        if (kind is InputKind.Distinct && !where.OfType<Filter.Number>().Any())
            faults.Add(file, key, "distinct without a condition on a number", "where with a field of the measurement: { open: 1 }");
        if (faults.All.Count > before) return null;
        return new KpiInput
        {
            Name = name,
            Key = KeyOf(file, key, path, by),
            By = by,
            Measurements = [measurement.Name],
            Field = parts[1],
            Kind = kind,
            Percentile = file.P,
            Where = where,
            Per = file.Per,
            Every = file.Every,
            Least = file.Least,
            IsAgainstWeeks = file.AgainstWeeks,
        };
    }

    /// <summary>What tells how many samples of an input were expected and arrived; null where samples are nothing to it.</summary>
    public KpiInput? CoverageOf(KpiInput input)
    {
        if (catalog.ByName[input.Measurement].Sense is Sense.Platform) return null;
        bool areThings = Things.Measure(input.Measurement);
        if (input.Calculation is { } calculation && !(calculation.IsOfSamples && areThings)) return null;
        // What is counted of things is missing where nothing comes of them; of a value, where that value does not. What does not meet the
        // conditions is a sample too.
        ImmutableArray<string> fields = areThings && input.Kind is (InputKind.Calculated or InputKind.Count or InputKind.Distinct) ? Things.FieldsOf(input.Measurement)
            : [input.Kind is InputKind.Distinct ? input.Where.OfType<Filter.Number>().First().Field : input.Field];
        ImmutableArray<Filter> where = [.. input.Where.OfType<Filter.Tag>()];
        return new KpiInput
        {
            Name = "coverage",
            Key = $"coverage({input.Measurement}.{string.Join('|', fields)}{string.Concat(where.Select(static w => " " + w))}{(input.By is null ? "" : " by " + input.By)})",
            By = input.By,
            Measurements = [input.Measurement],
            Field = "",
            Kind = InputKind.Calculated,
            Calculation = new SampleCoverage(input.Measurement, fields),
            Where = where,
        };
    }

    private KpiInput? Calculated(string name, InputFile file, string calculation, string? by)
    {
        if (!Calculations.Calculations.All.TryGetValue(calculation, out ICalculation? found))
        {
            string[] known = [.. Calculations.Calculations.All.Keys.Order(StringComparer.Ordinal)];
            faults.Add(file, "calculate", calculation, string.Join(", ", known), Suggest.Closest(calculation, known));
            return null;
        }

        int before = faults.All.Count;
        foreach (string unknown in found.Measurements.Where(m => !catalog.ByName.ContainsKey(m)))
            faults.Add(file, "calculate", $"{calculation}, which reads {unknown}", "a calculation whose measurements are in measurements.yaml");
        if (file.AgainstWeeks) faults.Add(file, "against_weeks", "a calculation against weeks", "count or sum against weeks");
        if (file.Has("per")) faults.Add(file, "per", "per of a calculation", "calculations without it");
        if (file.Has("every")) faults.Add(file, "every", "every of a calculation", "calculations without it");
        if (faults.All.Count > before) return null;
        Measurement first = catalog.ByName[found.Measurements[0]];
        if (by is not null) CheckTag(first, by, file, "calculate");
        ImmutableArray<Filter> where = Conditions(first, file);
        return faults.All.Count > before ? null : new KpiInput
        {
            Name = name,
            Key = KeyOf(file, "calculate", calculation, by),
            By = by,
            Measurements = found.Measurements,
            Field = "",
            Kind = InputKind.Calculated,
            Calculation = found,
            Where = where,
        };
    }

    private ImmutableArray<Filter> Conditions(Measurement measurement, InputFile file) =>
        [.. file.Where.OrderBy(static w => w.Key, StringComparer.Ordinal).Select(w => Condition(measurement, w.Key, w.Value, file)).OfType<Filter>()];

    private static (string Key, InputKind Kind, string Path) Aggregate(InputFile file) =>
        file.Count is { } count ? ("count", InputKind.Count, count)
        : file.Sum is { } sum ? ("sum", InputKind.Sum, sum)
        : file.Mean is { } mean ? ("mean", InputKind.Mean, mean)
        : file.Min is { } min ? ("min", InputKind.Min, min)
        : file.Max is { } max ? ("max", InputKind.Max, max)
        : file.Energy is { } energy ? ("energy", InputKind.Energy, energy)
        : file.Percentile is { } percentile ? ("percentile", InputKind.Percentile, percentile)
        : ("distinct", InputKind.Distinct, file.Distinct!);

    // What makes two inputs the same, in one line that people can read too.
    private static string KeyOf(InputFile file, string key, string path, string? by) => string.Create(CultureInfo.InvariantCulture, $"{key}{(file.Has("p") ? file.P : "")}({path}") +
        string.Concat(file.Where.OrderBy(static w => w.Key, StringComparer.Ordinal).Select(static w => $" {w.Key}={string.Join('|', w.Value.Select(static v => v.Text))}")) +
        (file.Per is { } per ? string.Create(CultureInfo.InvariantCulture, $" per {per} every {file.Every} least {file.Least}") : "") +
        (file.AgainstWeeks ? " against weeks" : "") + (by is null ? "" : " by " + by) + ")";

    private void CheckTag(Measurement measurement, string tag, InputFile file, string key)
    {
        if (measurement.FindTag(tag) is not null) return;
        string[] known = [.. measurement.Tags.Select(static t => t.Name)];
        faults.Add(file, key, $"{tag}, which is no tag of {measurement.Name}", "the tags " + string.Join(", ", known), Suggest.Closest(tag, known));
    }

    private void CheckField(Measurement measurement, string name, InputKind kind, InputFile file, string key)
    {
        string[] known = [.. measurement.Fields.Where(f => kind is InputKind.Count || f.Type is FieldType.Float or FieldType.Integer).Select(static f => f.Name)];
        FieldSchema? field = measurement.FindField(name);
        if (!known.Contains(name))
        {
            string what = kind is InputKind.Count ? "the fields " : "the fields that are numbers: ";
            faults.Add(file, key, $"{name}, which is {(field is null ? "no field" : "a text")} of {measurement.Name}", what + string.Join(", ", known), Suggest.Closest(name, known));
        }
        else if (kind is InputKind.Energy && field!.Unit?.StartsWith("dB", StringComparison.Ordinal) != true)
        {
            faults.Add(file, key, $"{name} in {field.Unit ?? "no unit"}", "a level in dB");
        }
    }

    private Filter? Condition(Measurement measurement, string name, List<ConfigScalar> values, InputFile file)
    {
        if (measurement.FindTag(name) is { } tag) return TagCondition(tag, values, file);
        if (measurement.FindField(name) is not { } field)
        {
            string[] known = [.. measurement.Tags.Select(static t => t.Name), .. measurement.Fields.Select(static f => f.Name)];
            faults.Add(file.PlaceOf("where", name), file.PathOf("where"), $"{name}, which {measurement.Name} does not have", "its tags and fields: " + string.Join(", ", known), Suggest.Closest(name, known));
            return null;
        }

        if (field.Type is FieldType.String) return new Filter.AnyText(name, [.. values.Select(static v => v.Text)]);
        Match comparison = values is [var only] ? ComparisonForm().Match(only.Text) : System.Text.RegularExpressions.Match.Empty;
        if (comparison.Success && double.TryParse(comparison.Groups["number"].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
            return new Filter.Number(name, OperatorOf(comparison.Groups["operator"].Value), number);
        faults.Add(file.PlaceOf("where", name), file.PathOf("where"), string.Join(", ", values.Select(static v => v.Text)), $"a number, or a comparison with one: \">= 15\", as {name} is a number");
        return null;
    }

    private Filter.Tag? TagCondition(TagSchema tag, List<ConfigScalar> values, InputFile file)
    {
        foreach (string value in values.Select(static v => v.Text).Where(v => tag.Values.Count > 0 && !tag.Values.Contains(v)))
        {
            faults.Add(file.PlaceOf("where", tag.Name), file.PathOf("where"), $"\"{value}\"", $"the values of {tag.Name}: " + string.Join(", ", tag.Values), Suggest.Closest(value, tag.Values));
            return null;
        }

        return new Filter.Tag(tag.Name, [.. values.Select(static v => v.Text)]);
    }

    private static Comparison OperatorOf(string text) => text switch
    {
        "" or "=" => Comparison.Equal,
        "!=" => Comparison.NotEqual,
        "<" => Comparison.Less,
        "<=" => Comparison.LessOrEqual,
        ">" => Comparison.Greater,
        _ => Comparison.GreaterOrEqual,
    };

    [GeneratedRegex(@"^\s*(?<operator>=|!=|<=|<|>=|>|)\s*(?<number>[-+]?[0-9.]+([eE][-+]?[0-9]+)?)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex ComparisonForm();
}
