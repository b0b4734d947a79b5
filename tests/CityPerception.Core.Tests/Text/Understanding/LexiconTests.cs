using System.Text;
using CityPerception.Core.Tests.Configuration;
using CityPerception.Core.Text.Understanding;
using CityPerception.TestKit;
using CsCheck;

namespace CityPerception.Core.Tests.Text.Understanding;

public sealed class LexiconTests
{
    private static readonly Lexicon Lexicon = new(new PlainSigns([new('髒', '脏'), new('滿', '满')]), Words(
        ("满意", LexiconKind.Word, 2), ("脏", LexiconKind.Word, -2), ("吵", LexiconKind.Word, -2), ("堵", LexiconKind.Word, -2), ("好", LexiconKind.Word, 1), ("好几", LexiconKind.Word, 0),
        ("bad", LexiconKind.Word, -2), ("不", LexiconKind.Negation, -0.8), ("没有", LexiconKind.Negation, -0.8), ("很", LexiconKind.Degree, 1.5), ("有点", LexiconKind.Degree, 0.6),
        ("请问", LexiconKind.Question, 0.1), ("但", LexiconKind.Contrast, 0.5)));

    [Theory]
    [InlineData("满意", 2)]
    [InlineData("很满意", 3)]
    [InlineData("有点吵", -1.2)]
    [InlineData("不满意", -1.6)]
    [InlineData("很不满意", -2.4)]
    [InlineData("不很满意", -2.4)]
    [InlineData("没有不满意", 1.28)]
    [InlineData("路不堵了", 1.6)]
    [InlineData("又脏又吵", -4)]
    [InlineData("好几家", 0)]
    [InlineData("很多，满意", 2)]
    [InlineData("没有。脏", -2)]
    [InlineData("没有人来过这里打扫过街道脏", -2)]
    [InlineData("请问脏怎么办？脏", -2.2)]
    [InlineData("脏，但满意", 1)]
    [InlineData("好髒，不滿意", -2.6)]
    [InlineData("ＢＡＤ badge BAD", -4)]
    [InlineData("", 0)]
    public void Explain_Text_AddsUpAsDescribed(string text, double sum) => Assert.Equal(sum, Lexicon.Explain(text).Sum);

    [Fact]
    public void Explain_Text_NamesTheWordsThatCounted()
    {
        SentimentExplanation explanation = Lexicon.Explain("路很脏，不满意");
        Assert.Equal([(1, "很", 1.5), (2, "脏", -3), (4, "不", -0.8), (5, "满意", -1.6)], explanation.Steps.Select(s => (s.At, s.Word, s.Effect)));
        Assert.Equal(Lexicon.Score("路很脏，不满意"u8), explanation.Score);
        Assert.Equal(Math.Round(-4.6 / Math.Sqrt(4.6 * 4.6 + 15), 3), explanation.Score);
    }

    [Fact]
    public void Score_AnyBytes_IsWithinBoundsAndAlwaysTheSame() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        double score = ShippedFiles.Plan.Texts.Lexicon!.Score(bytes);
        ShippedFiles.Plan.Texts.Keywords.Find(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes)), 5);
        return score is >= -1 and <= 1 && score == ShippedFiles.Plan.Texts.Lexicon!.Score(bytes);
    });

    [Theory]
    [InlineData("垃圾\ud83d")]
    [InlineData("\udc00\ud800满意")]
    [InlineData("👍🏽👨‍👩‍👧")]
    public void Explain_HalfCharactersAndEmoji_DoesNotThrow(string text) => Assert.InRange(ShippedFiles.Plan.Texts.Lexicon!.Explain(text).Score, -1, 1);

    [Fact]
    public void Score_OfALongText_IsThatOfItsBeginning()
    {
        string beginning = string.Concat(Enumerable.Repeat("满意", PlainSigns.MaxLength / 2));
        Assert.Equal(Lexicon.Explain(beginning).Sum, Lexicon.Explain(beginning + string.Concat(Enumerable.Repeat("脏", 1_000_000))).Sum);
    }

    [Fact]
    public void Score_Text_AllocatesNothing()
    {
        byte[] text = Encoding.UTF8.GetBytes("楼下烧烤摊很脏，一点也不满意，没有人管，请问找谁？");
        Lexicon.Score(text);
        Assert.Equal(0, Allocated.Bytes(() =>
        {
            for (int i = 0; i < 100; i++) Lexicon.Score(text);
        }));
    }

    private static IEnumerable<KeyValuePair<string, LexiconWord>> Words(params (string Word, LexiconKind Kind, double Weight)[] words) =>
        words.Select(w => KeyValuePair.Create(w.Word, new LexiconWord(w.Kind, w.Weight)));
}
