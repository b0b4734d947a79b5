using CityPerception.Core.Channels;
using CityPerception.Core.Configuration;
using CityPerception.Core.Schema;
using CityPerception.Core.Tests.Configuration;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Channels;

public class ChannelCompilerTests
{
    private const string Sound = """
        channel: city
        name: { zh: 城感通, en: city }
        description: { zh: 试, en: test }
        kpis:
          filed_rate:
            name: { zh: 立案率, en: filed }
            description: { zh: 试, en: test }
            defined_by: default
            unit: "%"
            better: higher
            windows: [1d, 1h]
            inputs:
              filed: { count: incident.case_id, where: { state: filed } }
              all: { count: incident.case_id, where: { state: [reported, filed], on_time: 1 } }
            num: filed
            den: all
            scale: 100
            levels: { green: 90, yellow: 50, orange: 10 }
        """;

    [Fact]
    public void Compile_SoundFile_MakesTheChannel()
    {
        (Channel? channel, IReadOnlyList<ConfigFault> faults) = Compile(Sound);
        Assert.Empty(faults);
        Kpi kpi = Assert.Single(channel!.Kpis);
        Assert.Equal([ViewWindow.Hour, ViewWindow.Day], kpi.Windows);
        Assert.Equal("100 · (filed) / (all)", kpi.Formula.ToString());
        Assert.Equal(5, kpi.MinSamples);
        Assert.Equal("count(incident.case_id on_time=1 state=reported|filed)", kpi.Inputs[1].Key);
    }

    [Theory]
    [InlineData("channel: city", "channel: citty", "did you mean city")]
    [InlineData("count: incident.case_id, where: { state: filed }", "count: incidents.case_id", "did you mean incident")]
    [InlineData("count: incident.case_id, where: { state: filed }", "sum: incident.text", "a text of incident")]
    [InlineData("count: incident.case_id, where: { state: filed }", "energy: air_quality.pm25", "a level in dB")]
    [InlineData("count: incident.case_id, where: { state: filed }", "distinct: manhole.device", "a condition on a number")]
    [InlineData("where: { state: filed }", "where: { state: filled }", "did you mean filed")]
    [InlineData("on_time: 1", "on_time: late", "a number, or a comparison")]
    [InlineData("on_time: 1", "on_times: 1", "did you mean on_time")]
    [InlineData("num: filed", "num: filled", "the unknown name filled")]
    [InlineData("num: filed", "num: system(filed)", "the unknown function system")]
    [InlineData("num: filed", "num: lg(filed, 2)", "takes 1 arguments")]
    [InlineData("num: filed", "num: filed +", "an expression")]
    [InlineData("yellow: 50", "yellow: 95", "no better than that of the level before")]
    [InlineData("better: higher", "better: neutral", "the lowest and the highest value")]
    [InlineData("windows: [1d, 1h]", "windows: [1d, 1d]", "each window once")]
    public void Compile_FileWithAFault_SaysWhatIsAllowed(string sound, string broken, string words)
    {
        (Channel? channel, IReadOnlyList<ConfigFault> faults) = Compile(Sound.Replace(sound, broken, StringComparison.Ordinal));
        Assert.Null(channel);
        Assert.Contains(faults, f => f.ToString().Contains(words, StringComparison.Ordinal) && f.Place.Line > 0);
    }

    [Theory]
    [InlineData("a + b", 3, 4, 7)]
    [InlineData("a / b", 1, 0, double.PositiveInfinity)]
    [InlineData("a + b", double.NaN, 4, double.NaN)]
    [InlineData("or_zero(a) + b", double.NaN, 4, 4)]
    [InlineData("if(a > 2, b, -b)", 3, 4, 4)]
    [InlineData("10 * lg(a)", 100, 0, 20)]
    public void Evaluate_AnExpression_ComputesWithNumbers(string text, double a, double b, double expected)
    {
        KpiExpression? expression = KpiExpression.Parse(text, ["a", "b"], out (string, string)? fault);
        Assert.Null(fault);
        Assert.Equal(expected, expression!.Evaluate(new Dictionary<string, double> { ["a"] = a, ["b"] = b }));
    }

    /// <summary>Minutes, hours and days are computed at the same time, and each with its own numbers.</summary>
    [Fact]
    public void Evaluate_ByManyAtOnce_MixesNothingUp()
    {
        KpiExpression expression = KpiExpression.Parse("or_zero(a) + b", ["a", "b"], out _)!;
        Parallel.For(0, 200_000, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => Assert.Equal(3d * i, expression.Evaluate(new Dictionary<string, double> { ["a"] = i, ["b"] = 2 * i })));
    }

    [Theory]
    [InlineData("GGG", Level.Green)]
    [InlineData("RGG", Level.Red)] // worse at once
    [InlineData("GGR", Level.Red)] // better after three
    [InlineData("GGGR", Level.Green)]
    [InlineData("GYR", Level.Red)]
    [InlineData("UGG", Level.Unknown)]
    [InlineData("GU", Level.Green)]
    [InlineData("", Level.Unknown)]
    public void Shown_WithHysteresisOfThree_IsWorseAtOnceAndBetterLater(string levels, Level expected)
    {
        var rule = new KpiLevels { Bands = [], Hold = 3 };
        Assert.Equal(expected, rule.Shown([.. levels.Select(c => c switch { 'G' => Level.Green, 'Y' => Level.Yellow, 'R' => Level.Red, _ => Level.Unknown })]));
    }

    [Theory]
    [InlineData("calculate: noise.lday", "noise.ld")]
    [InlineData("calculate: noise.ld, per: device", "calculations without it")]
    [InlineData("calculate: noise.ld, where: { kind: x }", "its tags and fields")]
    public void Compile_ABadCalculation_SaysWhatIsAllowed(string input, string words)
    {
        static string Kpi(string windows, string written) => ChannelText.OneKpi(windows, $"{{ level: {{ {written} }} }}", "value: level", "environment");
        Assert.Contains(Compile(Kpi("1d", input)).Item2, f => f.ToString().Contains(words, StringComparison.Ordinal));
        Assert.Contains(Compile(Kpi("1h, 1d", "calculate: noise.ld")).Item2, f => f.ToString().Contains("the windows 1d", StringComparison.Ordinal));
        Assert.Empty(Compile(Kpi("1d", "calculate: noise.ld")).Item2);
    }

    /// <summary>Coverage and slots: each fault names its file, line, key, what was found and what is allowed.</summary>
    [Theory]
    [InlineData("{ x: { mean: noise.leq } }", "min_coverage: 1.5", "city.yaml:14:19: kpis.kpi.min_coverage: found the number 1.5; allowed: a number from 0 to 1")]
    [InlineData("{ x: { mean: noise.leq } }", "min_coverage: most", "city.yaml:14:19: kpis.kpi.min_coverage: found the text \"most\"; allowed: a number from 0 to 1")]
    [InlineData("{ x: { sum: ingest_stat.seen } }", "min_coverage: 0.5", "city.yaml:14:19: kpis.kpi.min_coverage: found min_coverage without an input of samples; allowed: min_coverage where something is measured again and again")]
    [InlineData("{ x: { mean: noise.leq, per: device, every: 7m } }", "min_samples: 0", "city.yaml:12:57: kpis.kpi.inputs.x.every: found 420 seconds; allowed: 10s to 1h, so many of which are an hour: 1m, 5m, 15m")]
    [InlineData("{ x: { mean: noise.leq, per: device, every: 0s } }", "min_samples: 0", "city.yaml:12:57: kpis.kpi.inputs.x.every: found 0 seconds; allowed: 10s to 1h")]
    [InlineData("{ x: { mean: noise.leq, every: 1m } }", "min_samples: 0", "every without per")]
    [InlineData("{ x: { mean: noise.leq, per: device, least: 0.5 } }", "min_samples: 0", "least without every")]
    [InlineData("{ x: { mean: noise.leq, per: device, every: 5 } }", "min_samples: 0", "a span of time such as 90s, 5m, 2h or 400d; did you mean 5s, 5m or 5h?")]
    public void Compile_ABadCoverage_NamesPlaceKeyFoundAndAllowed(string inputs, string more, string fault)
    {
        IReadOnlyList<ConfigFault> faults = Compile(ChannelText.OneKpi("1h", inputs, "value: x", more: more)).Item2;
        Assert.Contains(fault, string.Join('\n', faults), StringComparison.Ordinal);
    }

    private static (Channel?, IReadOnlyList<ConfigFault>) Compile(string yaml)
    {
        var faults = new ConfigFaults();
        MeasurementCatalog catalog = ShippedFiles.Plan.Measurements;
        ChannelFile? file = ConfigBinder.Bind<ChannelFile>("city.yaml", yaml, faults);
        return (file is null ? null : new ChannelCompiler(catalog, faults).Compile(file), faults.All);
    }
}
