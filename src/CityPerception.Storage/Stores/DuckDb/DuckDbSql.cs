using System.Globalization;
using CityPerception.Core.Queries;
using CityPerception.Core.Schema;

namespace CityPerception.Storage.Stores.DuckDb;

/// <summary>The only place that prints names and literals of DuckDB's SQL: one function each.</summary>
/// <remarks>Quotes are doubled and nothing else is special, but a statement ends at NUL, which therefore cannot be written.</remarks>
internal static class DuckDbSql
{
    /// <exception cref="ArgumentException">It holds NUL or is empty.</exception>
    public static string Name(string name)
    {
        if (name.Length == 0) throw new ArgumentException("A name is not empty.", nameof(name));
        return Quote(name, "\"");
    }

    /// <exception cref="ArgumentException">It holds NUL.</exception>
    public static string Text(string text) => Quote(text, "'");

    /// <summary>With an exponent, so that DuckDB takes it for a DOUBLE and not for a DECIMAL; the value to the last bit.</summary>
    /// <exception cref="ArgumentException">Not finite.</exception>
    public static string Number(double value) => double.IsFinite(value)
        ? value.ToString("E16", CultureInfo.InvariantCulture)
        : throw new ArgumentException($"{value} cannot be written in SQL.", nameof(value));

    public static string Integer(long value) => value.ToString(CultureInfo.InvariantCulture);

    public static string Type(FieldType type) => type switch
    {
        FieldType.Float => "DOUBLE",
        FieldType.Integer => "BIGINT",
        FieldType.Boolean => "BOOLEAN",
        FieldType.String => "VARCHAR",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    public static string Operator(Comparison comparison) => comparison switch
    {
        Comparison.Equal => "=",
        Comparison.NotEqual => "<>",
        Comparison.Less => "<",
        Comparison.LessOrEqual => "<=",
        Comparison.Greater => ">",
        Comparison.GreaterOrEqual => ">=",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };

    private static string Quote(string text, string quote)
    {
        if (text.Contains('\0')) throw new ArgumentException("NUL cannot be written in SQL.", nameof(text));
        return quote + text.Replace(quote, quote + quote, StringComparison.Ordinal) + quote;
    }
}
