using System.Collections.Frozen;
using System.Text.RegularExpressions;
using CityPerception.Core.Configuration;
using CityPerception.Core.Lookups;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Mapping.Paths;
using CityPerception.Core.Mapping.Values;
using CityPerception.Core.Schema;
using CityPerception.Core.Text;
using CityPerception.Core.Text.Understanding;

namespace CityPerception.Core.Mapping;

/// <summary>Compiles values: where they come from and what is done to them.</summary>
internal sealed class ValueCompiler(ScopeBuilder scopes, FrozenDictionary<string, LookupTable?> lookups, TextTables texts, ConfigFaults faults)
{
    /// <summary>Something of what was compiled asks how good or bad a text is.</summary>
    public bool AsksForScores { get; private set; }

    /// <param name="file">The value as it was written.</param>
    /// <param name="name">The tag's or field's name.</param>
    /// <param name="required">What holds if the file does not say.</param>
    /// <param name="field">The field it becomes, whose unit it is converted to.</param>
    /// <param name="quiet">A unit that does not fit the field is left unconverted without a fault (members: not every field has it).</param>
    /// <param name="tag">The tag it becomes.</param>
    public ValuePlan Compile(ValueFile file, string name, bool required, FieldSchema? field = null, bool quiet = false, TagSchema? tag = null)
    {
        Evaluator origin = CompileOrigin(file, name, out SlotRef? slot, out SlotRef[]? inputs);
        ValueTransform transform = CompileTransform(file, field, quiet);
        SuggestionPlan? suggestion = CompileSuggestion(file, name, tag);
        return new ValuePlan
        {
            Origin = origin,
            Slot = slot,
            Inputs = suggestion is null ? inputs : null, // what is suggested has to be marked, so it is evaluated each time
            Suggestion = suggestion,
            Constant = file.Const is not null && transform.IsNone ? new ConstantValue(file.Const) : null,
            Where = Describe(file, name),
            Transform = transform.IsNone ? null : transform,
            Else = file.Else is null ? null : new ConstantValue(file.Else),
            Required = file.Required ?? required,
            OmitInvalid = file.Invalid == InvalidPolicy.Omit,
            Lookup = file.Lookup,
        };
    }

    /// <summary>A value that the product gives, whatever the message.</summary>
    public static ValuePlan Constant(string text, string name)
    {
        var constant = new ConstantValue(text);
        return new ValuePlan { Origin = (scoped in _) => constant.Value, Constant = constant, Inputs = [], Where = name };
    }

    private ValueTransform CompileTransform(ValueFile file, FieldSchema? field, bool quiet) => new()
    {
        Missing = [.. file.Missing.Select(m => new ConstantValue(m))],
        Pattern = CompilePattern(file),
        Map = file.Map is null ? null : new Utf8Map<ConstantValue>(file.Map.Select(m => KeyValuePair.Create(m.Key, new ConstantValue(m.Value)))),
        Calibration = CompileCalibration(file),
        Linear = CompileLinear(file, field, quiet),
        Range = CompileRange(file),
    };

    public Evaluator CompileCondition(ConfigSection section, string key, string text) => CompileExpression(section, key, text);

    private Evaluator CompileOrigin(ValueFile file, string name, out SlotRef? slot, out SlotRef[]? inputs)
    {
        slot = null;
        inputs = null;
        if (file.Path is not null)
        {
            Evaluator evaluator = CompilePath(file, file.Path, out slot);
            if (slot is { } only) inputs = [only];
            return evaluator;
        }

        if (file.Const is not null)
        {
            inputs = [];
            var constant = new ConstantValue(file.Const);
            return (scoped in _) => constant.Value;
        }

        if (file.Topic is { } level) return (scoped in c) => Functions.TopicLevel(in c, level);
        if (file.Property is { } property) return (scoped in c) => Functions.Property(in c, property);
        if (file.Expr is not null) return CompileExpression(file, "expr", file.Expr);
        if (file.Lookup is not null) return CompileLookup(file, name, out inputs);
        if (file.Received == true) return static (scoped in c) => Value.Of(c.Run.ReceivedNs);
        if (file.Received == false) faults.Add(file, "received", "false", "true");
        return CompileGather(file);
    }

    private Evaluator CompilePath(ValueFile file, string text, out SlotRef? slot)
    {
        slot = null;
        if (MappingGrammar.ParsePath(text) is { } path) return Expressions(file, "path").CompilePath(path, out slot);
        string hint = text.StartsWith('$') || text.StartsWith('@') ? "names other than letters, digits and _ stand in quotes: $['a-b']" : "{ const: … } for a fixed value";
        faults.Add(file, "path", $"\"{text}\"", $"a path from $ or @; {hint}");
        return ExpressionCompiler.Nothing;
    }

    private Evaluator CompileExpression(ConfigSection section, string key, string text)
    {
        if (MappingGrammar.ParseExpression(text) is { } syntax)
        {
            ExpressionCompiler compiler = Expressions(section, key);
            Evaluator evaluator = compiler.Compile(syntax);
            AsksForScores |= compiler.AsksForScores;
            return evaluator;
        }

        faults.Add(section, key, $"\"{text}\"", "an expression: $.a * 2 + 1, $.port == 2 and exists($.x)");
        return ExpressionCompiler.Nothing;
    }

    private ExpressionCompiler Expressions(ConfigSection section, string key) =>
        new(scopes, texts, (found, allowed, suggestion) => faults.Add(section, key, found, allowed, suggestion));

    private Evaluator CompileLookup(ValueFile file, string name, out SlotRef[]? inputs)
    {
        ValuePlan key = Compile(file.Key!, name, required: false);
        inputs = key.Inputs; // the table itself is fixed: a changed one comes with a new plan
        if (!FindTable(file, "lookup", file.Lookup!, out LookupTable? table) || table is null) return ExpressionCompiler.Nothing;
        if (FindColumn(file, file.Column is null ? "lookup" : "column", table, file.Column ?? name) is not { } index) return ExpressionCompiler.Nothing;

        return (scoped in c) =>
        {
            if (!key.TryEvaluate(in c, out Value found)) return Value.Failed;
            if (!Functions.TryText(found, in c, out ReadOnlySpan<byte> text) || table.Find(text) is not { } row) return Value.Missing;
            ReadOnlySpan<byte> cell = row.Get(index);
            return cell.IsEmpty ? Value.Missing : Value.OfText(cell);
        };
    }

    private SuggestionPlan? CompileSuggestion(ValueFile file, string name, TagSchema? tag)
    {
        if (file.Suggest is not { } suggest) return null;
        if (tag is null)
        {
            faults.Add(file, "suggest", "suggest", "it for the value of a tag");
            return null;
        }

        ValuePlan text = Compile(suggest.Text, name, required: false);
        ValuePlan? given = file.Key is null ? null : Compile(file.Key, name, required: false);
        if (!FindTable(suggest, "keywords", suggest.Keywords, out LookupTable? table) || table is null) return null;
        string column = suggest.Column ?? name;
        if (FindColumn(suggest, suggest.Column is null ? "keywords" : "column", table, column) is not { } index) return null;

        var keywords = new CategoryKeywords(texts.Signs, table, index);
        if (keywords.Categories.Count > CategoryKeywords.MaxCategories)
            faults.Add(suggest, "keywords", $"{keywords.Categories.Count} values of {column}", $"at most {CategoryKeywords.MaxCategories}");
        foreach (string category in keywords.Categories.Where(c => tag.Values.Count > 0 && !tag.Values.Contains(c)))
            faults.Add(suggest, "keywords", $"{ConfigScalar.Quote(category)} in lookups/{table.Name}.csv", $"the values of {name}: {string.Join(", ", tag.Values)}", Suggest.Closest(category, tag.Values));
        return new SuggestionPlan(text, keywords, given);
    }

    // A table with faults of its own is there, and null: they say enough.
    private bool FindTable(ConfigSection section, string key, string name, out LookupTable? table)
    {
        if (lookups.TryGetValue(name, out table)) return true;
        string[] names = [.. lookups.Keys.Order()];
        faults.Add(section, key, $"\"{name}\"", $"a file of lookups/: {string.Join(", ", names)}", Suggest.Closest(name, names));
        return false;
    }

    private int? FindColumn(ConfigSection section, string key, LookupTable table, string column)
    {
        if (table.FindColumn(column) is >= 0 and var index) return index;
        faults.Add(section, key, $"no column {column} in lookups/{table.Name}.csv", string.Join(", ", table.Columns), Suggest.Closest(column, table.Columns));
        return null;
    }

    private Evaluator CompileGather(ValueFile file)
    {
        (string key, string? text, Func<Gathered, double> pick) = file switch
        {
            { Min: not null } => ("min", file.Min, static g => g.Min),
            { Max: not null } => ("max", file.Max, static g => g.Max),
            { Sum: not null } => ("sum", file.Sum, static g => g.Sum),
            { Mean: not null } => ("mean", file.Mean, static g => g.Sum / g.Count),
            { First: not null } => ("first", file.First, static g => g.First),
            { Last: not null } => ("last", file.Last, static g => g.Last),
            { Count: not null } => ("count", file.Count, static g => g.Count),
            _ => ("", (string?)null, (Func<Gathered, double>)(static _ => 0)),
        };
        if (text is null) return ExpressionCompiler.Nothing;

        MappingPath? path = MappingGrammar.ParsePath(text);
        if (path is null || !path.HasWildcard || !scopes.TryGetGather(path, out SlotRef gather))
        {
            faults.Add(file, key, $"\"{text}\"", "a path with a wildcard: $.rx[*].rssi");
            return ExpressionCompiler.Nothing;
        }

        bool counts = key == "count";
        return (scoped in c) =>
        {
            ref Gathered gathered = ref c.Run.Gather(gather);
            return gathered.Count == 0 && !counts ? Value.Missing : Value.Of(pick(gathered));
        };
    }

    private Calibration? CompileCalibration(ValueFile file)
    {
        if (file.From is not [var fromLow, var fromHigh] || file.To is not [var toLow, var toHigh]) return null;
        if (fromLow != fromHigh) return new Calibration(fromLow, fromHigh, toLow, toHigh);
        faults.Add(file, "from", $"[{fromLow}, {fromHigh}]", "two different values");
        return null;
    }

    private (double, double)? CompileLinear(ValueFile file, FieldSchema? field, bool quiet)
    {
        (double scale, double offset) = (file.Scale ?? 1, file.Offset ?? 0);
        if (file.Unit is not null)
        {
            if (field is null || field.Type is FieldType.String or FieldType.Boolean)
            {
                if (!quiet) faults.Add(file, "unit", $"\"{file.Unit}\"", "no unit: this is not a number of the schema");
            }
            else if (Units.TryConversion(file.Unit, field.Unit ?? "1", out double unitScale, out double unitOffset))
            {
                (scale, offset) = (scale * unitScale, offset * unitScale + unitOffset);
            }
            else if (!quiet)
            {
                faults.Add(file, "unit", $"\"{file.Unit}\"", $"a unit that converts to {field.Unit ?? "1"}", Units.Closest(file.Unit));
            }
        }

        return (scale, offset) == (1, 0) ? null : (scale, offset);
    }

    private Regex? CompilePattern(ValueFile file)
    {
        if (file.Pattern is null) return null;
        try
        {
            // Without backtracking, no text of a sender's can make a match slow.
            return new Regex(file.Pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            faults.Add(file, "pattern", $"\"{file.Pattern}\"", "a regular expression without look-around and back-references");
            return null;
        }
    }

    private (double, double)? CompileRange(ValueFile file)
    {
        if (file.Range is not [var min, var max]) return null;
        if (min <= max) return (min, max);
        faults.Add(file, "range", $"[{min}, {max}]", "the smaller number first");
        return null;
    }

    private static string Describe(ValueFile file, string name) =>
        file.Path ?? Shorten(file.Expr) ?? file.Min ?? file.Max ?? file.Sum ?? file.Mean ?? file.First ?? file.Last ?? file.Count
        ?? file.Key?.Path ?? Shorten(file.Key?.Expr) ?? (file.Topic is { } level ? $"topic level {level}" : file.Property is { } property ? $"property {property}" : name);

    // A rejection says where; its reader knows a long expression by its beginning.
    private static string? Shorten(string? expression) => expression is { Length: > 80 } ? expression[..79] + "…" : expression;
}
