using CityPerception.Core.Mapping;

namespace CityPerception.Core.Tests.Mapping;

public sealed class ExpressionTests
{
    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * -3", "-9")]
    [InlineData("7 % 4 - 10 / 4", "0.5")]
    [InlineData("$.a + $.b", "5")]
    [InlineData("$.a * $.missing", "")]
    [InlineData("coalesce($.missing, $.b)", "3")]
    [InlineData("if($.a < $.b and not ($.t == 'x'), 1, 0)", "1")]
    [InlineData("if($.missing < 5 or $.missing >= 5, 1, 0)", "0")]
    [InlineData("if($.missing == null, 1, 0)", "1")]
    [InlineData("if($.n == null, 1, 0)", "1")]
    [InlineData("if($.a != null, 1, 0)", "1")]
    [InlineData("max($.a, $.b, 2.5)", "3")]
    [InlineData("min($.a, $.missing)", "2")]
    [InlineData("round(2.45, 1)", "2.5")]
    [InlineData("length($.t) + length(trim('  a '))", "3")]
    [InlineData("number(substring('x42y', 1, 2))", "42")]
    [InlineData("if(contains($.t, '盖') and starts_with($.t, '井') and ends_with($.t, '盖'), 1, 0)", "1")]
    [InlineData("number(replace('1,5', ',', '.'))", "1.5")]
    [InlineData("pow(2, 10) + sqrt(16) + abs(-1) + floor(1.9) + ceil(0.1) + log10(100)", "1033")]
    [InlineData("if(lower('AbC') == 'abc' and upper('x') == 'X' and concat('a', 1, true) == 'a1true', 1, 0)", "1")]
    [InlineData("number($.text_number) + 1", "36.1")]
    [InlineData("$.flag + 1", "2")]
    [InlineData("if(in($.a, 1, 2) and in($.t, 'x', '井盖') and not in($.missing, 1, 2), 1, 0)", "1")]
    [InlineData("if(before('a/b', '/') == 'a' and before('a', '/') == 'a' and after('a/b/c', '/') == 'b/c', 1, 0)", "1")]
    [InlineData("if(exists(after('a', '/')) or exists(before('/a', '/')), 1, 0)", "0")]
    [InlineData("due('2026-11-24 09:12:33', '30分钟') - due('2026-11-24 09:12:33', '0分')", "1800")]
    [InlineData("due('2026-11-24T01:00:00Z', '4小时')", "1795496400")]
    [InlineData("due($.missing, '4小时')", "")]
    [InlineData("due('2026-11-24 09:00', $.missing)", "")]
    [InlineData("due('2026-11-24 09:00', ' ')", "")]
    [InlineData("seconds('2026-11-24 09:30:00') - 1795483800", "0")]
    [InlineData("(seconds('2026/11/24 9:30') - seconds('2026-11-24T01:00:00Z')) / 60", "30")]
    [InlineData("seconds($.missing)", "")]
    public void Expr_OverADocument_GivesTheNumber(string expression, string expected)
    {
        CompiledSource source = ConfigText.Source($$"""
            source: s
            sense: thing
            decode: json
            observation:
              measurement: manhole
              tags: { device: { const: d } }
              fields: { tilt: { const: 0 }, value: { expr: "{{expression}}" } }
            """);

        string line = ConfigText.Map(source, """{"a":2,"b":3,"t":"井盖","n":null,"text_number":"35.1","flag":true}""");

        string value = line.Split(' ')[1].Split(',').Where(f => f.StartsWith("value=", StringComparison.Ordinal)).Select(f => f[6..]).SingleOrDefault("");
        Assert.Equal(expected, value);
    }
}
