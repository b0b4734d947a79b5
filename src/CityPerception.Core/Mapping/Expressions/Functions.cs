using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using CityPerception.Core.Cities;
using CityPerception.Core.Mapping.Values;
using CityPerception.Core.Observations;
using CityPerception.Core.Standards;
using CityPerception.Core.Text.Understanding;

namespace CityPerception.Core.Mapping.Expressions;

/// <summary>The functions of the expression language.</summary>
internal static class Functions
{
    /// <param name="Min">So many arguments at least.</param>
    /// <param name="Max">And at most.</param>
    /// <param name="Make">Binds the arguments.</param>
    /// <param name="Needs">What it reads of text/; null for nothing.</param>
    public sealed record Function(int Min, int Max, Func<Evaluator[], Evaluator> Make, string? Needs = null);

    public static FrozenDictionary<string, Function> All { get; } = new Dictionary<string, Function>
    {
        ["abs"] = OfNumber(Math.Abs),
        ["floor"] = OfNumber(Math.Floor),
        ["ceil"] = OfNumber(Math.Ceiling),
        ["sqrt"] = OfNumber(Math.Sqrt),
        ["log10"] = OfNumber(Math.Log10),
        ["round"] = new(1, 2, static a => (scoped in c) => !a[0](in c).TryGetNumber(out double x) ? Value.Missing
            : Value.Of(Math.Round(x, a.Length > 1 && a[1](in c).TryGetNumber(out double digits) ? (int)Math.Clamp(digits, 0, 15) : 0, MidpointRounding.AwayFromZero))),
        ["pow"] = new(2, 2, static a => (scoped in c) => a[0](in c).TryGetNumber(out double x) && a[1](in c).TryGetNumber(out double y) ? Value.Of(Math.Pow(x, y)) : Value.Missing),
        ["min"] = OfNumbers(Math.Min),
        ["max"] = OfNumbers(Math.Max),
        ["number"] = new(1, 1, static a => (scoped in c) => a[0](in c).TryGetNumber(out double x) ? Value.Of(x) : Value.Missing),
        ["seconds"] = new(1, 1, static a => (scoped in c) => SecondsOf(a[0](in c), in c)),
        ["if"] = new(3, 3, static a => (scoped in c) => a[0](in c).IsTruthy ? a[1](in c) : a[2](in c)),
        ["coalesce"] = new(1, 16, static a => (scoped in c) =>
        {
            foreach (Evaluator candidate in a)
            {
                Value value = candidate(in c);
                if (!value.IsMissing) return value;
            }

            return Value.Missing;
        }),
        ["exists"] = new(1, 1, static a => (scoped in c) => Value.Of(!a[0](in c).IsMissing)),
        ["length"] = new(1, 1, static a => (scoped in c) => TryText(a[0](in c), in c, out ReadOnlySpan<byte> text) ? Value.Of(Encoding.UTF8.GetCharCount(text)) : Value.Missing),
        ["text"] = new(1, 1, static a => (scoped in c) => TryText(a[0](in c), in c, out ReadOnlySpan<byte> text) ? Value.OfText(text) : Value.Missing),
        ["lower"] = OfText(static s => s.ToLowerInvariant()),
        ["upper"] = OfText(static s => s.ToUpperInvariant()),
        ["trim"] = OfText(static s => s.Trim()),
        ["substring"] = new(2, 3, static a => (scoped in c) =>
        {
            if (!TryString(a[0], in c, out string text) || !a[1](in c).TryGetNumber(out double start)) return Value.Missing;
            int from = (int)Math.Clamp(start, 0, text.Length);
            int length = a.Length > 2 && a[2](in c).TryGetNumber(out double wanted) ? (int)Math.Clamp(wanted, 0, text.Length - from) : text.Length - from;
            return c.Run.TextOf(text.Substring(from, length));
        }),
        ["replace"] = new(3, 3, static a => (scoped in c) =>
            TryString(a[0], in c, out string text) && TryString(a[1], in c, out string old) && TryString(a[2], in c, out string with) && old.Length > 0
                ? c.Run.TextOf(text.Replace(old, with, StringComparison.Ordinal))
                : Value.Missing),
        ["concat"] = new(1, 16, static a => (scoped in c) =>
        {
            var joined = new StringBuilder();
            foreach (Evaluator part in a)
            {
                if (!TryString(part, in c, out string text)) return Value.Missing;
                joined.Append(text);
            }

            return c.Run.TextOf(joined.ToString());
        }),
        ["contains"] = OfTexts(static (text, part) => text.IndexOf(part) >= 0),
        ["starts_with"] = OfTexts(static (text, part) => text.StartsWith(part)),
        ["ends_with"] = OfTexts(static (text, part) => text.EndsWith(part)),
        ["before"] = Cut(static (text, at, _) => at < 0 ? text : text[..at]),
        ["after"] = Cut(static (text, at, length) => at < 0 ? default : text[(at + length)..]),
        ["in"] = new(2, 32, static a => (scoped in c) =>
        {
            Value sought = a[0](in c);
            for (int i = 1; i < a.Length; i++)
                if (Operators.AreEqual(sought, a[i](in c))) return Value.Of(true);
            return Value.Of(false);
        }),
        ["sentiment"] = new(1, 1, static a => (scoped in c) => TryWords(a[0], in c, out ReadOnlySpan<byte> text) ? Value.Of(c.Run.ScoreOf(text)) : Value.Missing, TextTables.LexiconName),
        ["keywords"] = new(1, 2, static a =>
        {
            KeywordFinder.Prepare();
            return (scoped in c) =>
            {
                int most = a.Length > 1 && a[1](in c).TryGetNumber(out double wanted) ? (int)Math.Clamp(wanted, 1, KeywordFinder.MaxWords) : KeywordFinder.DefaultWords;
                return TryWords(a[0], in c, out ReadOnlySpan<byte> text) && c.Run.Texts.Keywords.Find(text, most) is { Length: > 0 } words ? c.Run.TextOf(words) : Value.Missing;
            };
        }),
        ["due"] = new(2, 2, static a => (scoped in c) => Due(a[0](in c), a[1](in c), in c)),
        ["topic"] = new(1, 2, static a => (scoped in c) =>
        {
            if (!a[0](in c).TryGetNumber(out double from)) return Value.Missing;
            if (a.Length == 1) return TopicLevel(in c, (int)from);
            return a[1](in c).TryGetNumber(out double to) ? TopicLevels(in c, (int)from, (int)to) : Value.Missing;
        }),
        ["property"] = new(1, 1, static a => (scoped in c) => TryString(a[0], in c, out string name) ? Property(in c, name) : Value.Missing),
    }.ToFrozenDictionary();

    /// <summary>Seconds since 1970 of a time in ISO 8601 or an everyday form of it; without a zone, in the source's.</summary>
    private static Value SecondsOf(Value value, scoped in MappingContext context)
    {
        if (value.IsMissing || value.Text.IsEmpty) return Value.Missing;
        return TryTime(value, in context, out long ns) ? Value.Of((double)ns / ObservationTime.NsPerSecond) : Value.Failed;
    }

    /// <summary>A level of the topic, from 1; negative ones count from the end.</summary>
    public static Value TopicLevel(scoped in MappingContext context, int level)
    {
        ReadOnlySpan<byte> rest = context.Run.Topic;
        if (rest.IsEmpty) return Value.Missing;

        if (level < 0) level += rest.Count((byte)'/') + 2;
        for (int at = 1; ; at++)
        {
            int slash = rest.IndexOf((byte)'/');
            if (at == level)
            {
                ReadOnlySpan<byte> found = slash < 0 ? rest : rest[..slash];
                return found.IsEmpty ? Value.Missing : Value.OfText(found);
            }

            if (slash < 0) return Value.Missing;
            rest = rest[(slash + 1)..];
        }
    }

    /// <summary>Levels of the topic with their slashes, first and last included.</summary>
    private static Value TopicLevels(scoped in MappingContext context, int from, int to)
    {
        ReadOnlySpan<byte> topic = context.Run.Topic;
        int levels = topic.Count((byte)'/') + 1;
        if (from < 0) from += levels + 1;
        if (to < 0) to += levels + 1;
        if (topic.IsEmpty || from < 1 || to > levels || from > to) return Value.Missing;

        int start = 0;
        for (int level = 1; level < from; level++) start += topic[start..].IndexOf((byte)'/') + 1;
        int end = topic.Length;
        for (int level = levels; level > to; level--) end = topic[..end].LastIndexOf((byte)'/');
        return end > start ? Value.OfText(topic[start..end]) : Value.Missing;
    }

    public static Value Property(scoped in MappingContext context, string name) =>
        context.Run.Properties?.Find(name) is { Length: > 0 } text ? context.Run.TextOf(text) : Value.Missing;

    // Seconds since 1970 by which a limit ends that begins at a local time. A limit that cannot be read is no missing one.
    private static Value Due(Value start, Value limit, scoped in MappingContext context)
    {
        if (start.IsMissing || !TryText(limit, in context, out ReadOnlySpan<byte> text) || text.Trim(" \t"u8).IsEmpty) return Value.Missing;
        City city = context.Run.City;
        if (!TryTime(start, in context, out long ns)) return Value.Failed;
        if (Deadlines.Due(city, ns, Encoding.UTF8.GetString(text)) is not { } end)
        {
            context.Run.Fail(RejectionReason.TypeMismatch, "expr", $"{ValuePlan.Describe(limit)} is not a limit such as 30分钟, 4小时, 1工作日");
            return Value.Failed;
        }

        return Value.Of(ObservationTime.FromUnixNs(end).ToUnixTimeSeconds());
    }

    private static bool TryTime(Value value, scoped in MappingContext context, out long ns)
    {
        bool isTime = IsoTime.TryParse(value.Text, out TextTime time);
        ns = isTime ? time.ToUtcNs(context.Run.Zone) : 0;
        return isTime || context.Run.Fail(RejectionReason.TimeInvalid, "expr", $"{ValuePlan.Describe(value)} is not a time such as 2026-11-24 09:30:00");
    }

    /// <summary>Text, and numbers and truth values as they would be written.</summary>
    public static bool TryText(Value value, scoped in MappingContext context, out ReadOnlySpan<byte> text)
    {
        text = value.Text;
        switch (value.Kind)
        {
            case ValueKind.Text:
                return true;
            case ValueKind.Number when !text.IsEmpty:
                return true;
            case ValueKind.Number:
                Span<byte> room = context.Run.Scratch(32);
                value.Number.TryFormat(room, out int length, provider: CultureInfo.InvariantCulture);
                text = room[..length];
                return true;
            case ValueKind.True:
                text = "true"u8;
                return true;
            case ValueKind.False:
                text = "false"u8;
                return true;
            default:
                return false;
        }
    }

    private static bool TryString(Evaluator evaluator, scoped in MappingContext context, out string text)
    {
        bool found = TryText(evaluator(in context), in context, out ReadOnlySpan<byte> bytes);
        text = found ? Encoding.UTF8.GetString(bytes) : "";
        return found;
    }

    // Texts of blanks alone are none.
    private static bool TryWords(Evaluator evaluator, scoped in MappingContext context, out ReadOnlySpan<byte> text) =>
        TryText(evaluator(in context), in context, out text) && !text.Trim(" \t\r\n"u8).IsEmpty;

    private static Function OfNumber(Func<double, double> apply) =>
        new(1, 1, a => (scoped in c) => a[0](in c).TryGetNumber(out double x) ? Value.Of(apply(x)) : Value.Missing);

    private static Function OfNumbers(Func<double, double, double> apply) => new(1, 16, a => (scoped in c) =>
    {
        double? result = null;
        foreach (Evaluator candidate in a)
            if (candidate(in c).TryGetNumber(out double x)) result = result is { } soFar ? apply(soFar, x) : x;
        return result is { } found ? Value.Of(found) : Value.Missing;
    });

    private static Function OfText(Func<string, string> apply) =>
        new(1, 1, a => (scoped in c) => TryString(a[0], in c, out string text) ? c.Run.TextOf(apply(text)) : Value.Missing);

    private delegate ReadOnlySpan<byte> Part(ReadOnlySpan<byte> text, int at, int length);

    // What is left of a text where another first occurs in it (−1: nowhere).
    private static Function Cut(Part take) => new(2, 2, a => (scoped in c) =>
    {
        if (!TryText(a[0](in c), in c, out ReadOnlySpan<byte> text) || !TryText(a[1](in c), in c, out ReadOnlySpan<byte> mark)) return Value.Missing;
        ReadOnlySpan<byte> part = take(text, text.IndexOf(mark), mark.Length);
        return part.IsEmpty ? Value.Missing : Value.OfText(part);
    });

    private static Function OfTexts(Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, bool> holds) => new(2, 2, a => (scoped in c) =>
        TryText(a[0](in c), in c, out ReadOnlySpan<byte> text) && TryText(a[1](in c), in c, out ReadOnlySpan<byte> part)
            ? Value.Of(holds(text, part))
            : Value.Missing);
}
