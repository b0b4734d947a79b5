using System.Globalization;
using System.Text;
using CityPerception.Storage.Stores.DuckDb;
using CityPerception.Storage.Stores.InfluxDb;
using CsCheck;
using DuckDB.NET.Data;

namespace CityPerception.Storage.Tests.Stores;

/// <summary>Whatever a name or literal holds, the other side reads exactly that and nothing beyond it.</summary>
public sealed class QueryTextTests
{
    // Half of the characters are those that mean something to a parser.
    private static readonly Gen<string> AnyText = Gen.Frequency((1, Gen.Char["'\"\\;-/*() \t\n%_$?n"]), (1, Gen.Char['\u0001', '\uD7FF']))
        .Where(c => c != '\r').Array[0, 30].Select(c => new string(c));

    private static readonly double[] Corners = [0, double.MaxValue, double.MinValue, double.Epsilon, 0.1, 1e-300, 123456789012345680000.0];

    private static readonly Gen<double> Finite = Gen.OneOf(Gen.Double, Gen.Int.Select(i => (double)i), Gen.Int[0, Corners.Length - 1].Select(i => Corners[i]))
        .Where(double.IsFinite);

    [Fact]
    public void InfluxQl_NamesAndTexts_AreReadBackAsTheyWere() => AnyText.Sample(text =>
        Unquote(InfluxQl.Name(text), '"') == text && Unquote(InfluxQl.Text(text), '\'') == text);

    [Fact]
    public void InfluxQl_Numbers_AreReadBackToTheLastBit() => Finite.Sample(number =>
    {
        string text = InfluxQl.Number(number);
        return text.TrimStart('-').All(c => char.IsAsciiDigit(c) || c == '.') && text.Contains('.')
            && double.Parse(text, CultureInfo.InvariantCulture).Equals(number == 0 ? 0.0 : number);
    });

    [Theory]
    [InlineData("a\0b")]
    [InlineData("a\rb")]
    public void InfluxQl_WhatItCannotWrite_IsNotWritten(string text)
    {
        Assert.Throws<ArgumentException>(() => InfluxQl.Name(text));
        Assert.Throws<ArgumentException>(() => InfluxQl.Text(text));
    }

    [Fact]
    public void DuckDbSql_NamesTextsAndNumbers_AreReadBackByDuckDb()
    {
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        Gen.Select(AnyText, AnyText.Where(t => t.Length > 0), Finite).Sample((text, name, number) =>
        {
            using DuckDBCommand command = connection.CreateCommand();
            command.CommandText = $"SELECT {DuckDbSql.Text(text)} AS {DuckDbSql.Name(name)}, {DuckDbSql.Number(number)}";
            using DuckDBDataReader reader = command.ExecuteReader();
            return reader.Read() && reader.GetString(0) == text && reader.GetName(0) == name && reader.FieldCount == 2 && reader.GetDouble(1).Equals(number);
        }, iter: 2000, threads: 1);
    }

    [Fact]
    public void DuckDbSql_Nul_IsNotWritten()
    {
        Assert.Throws<ArgumentException>(() => DuckDbSql.Name("a\0b"));
        Assert.Throws<ArgumentException>(() => DuckDbSql.Text("a\0b"));
    }

    // InfluxQL's scanner, from its documentation: a quoted token ends at its quote; \n \\ \" \' are the only escapes; a line break or NUL ends it in error.
    private static string? Unquote(string token, char quote)
    {
        if (token[0] != quote) return null;
        var text = new StringBuilder();
        for (int i = 1; i < token.Length; i++)
        {
            if (token[i] == quote) return i == token.Length - 1 ? text.ToString() : null;
            if (token[i] is '\n' or '\r' or '\0') return null;
            if (token[i] != '\\')
            {
                text.Append(token[i]);
                continue;
            }

            char? escaped = (i + 1 < token.Length ? token[++i] : '\0') switch { 'n' => '\n', '\\' => '\\', '"' => '"', '\'' => '\'', _ => null };
            if (escaped is null) return null;
            text.Append(escaped);
        }

        return null;
    }
}
