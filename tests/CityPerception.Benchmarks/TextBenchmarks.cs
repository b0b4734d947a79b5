using System.Text;
using BenchmarkDotNet.Attributes;
using CityPerception.Core.Mapping;
using CityPerception.Core.Text.Masking;
using CityPerception.Core.Text.Understanding;

namespace CityPerception.Benchmarks;

/// <summary>What is done to a ticket's text, of 60 characters: the mask, the score, the keywords.</summary>
[MemoryDiagnoser]
public class TextBenchmarks
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes("英雄中路工地昨天夜里又施工到凌晨两点，噪音非常大，孩子老人都睡不着，打了三次电话也没人管，请尽快处理，我的电话在登记里可");

    private IngestPlan _plan = null!;
    private Lexicon _lexicon = null!;

    [GlobalSetup]
    public void Load()
    {
        _plan = ShippedPlan.Load();
        _lexicon = _plan.Texts.Lexicon!;
    }

    [Benchmark]
    public double Score() => _lexicon.Score(_text);

    [Benchmark]
    public int Mask() => PersonalData.Mask(_text).Length;

    [Benchmark]
    public double MaskAndScore() => PersonalData.Mask(_text).Length + _lexicon.Score(_text);

    [Benchmark]
    public int Keywords() => _plan.Texts.Keywords.Find(_text, KeywordFinder.DefaultWords).Length;
}
