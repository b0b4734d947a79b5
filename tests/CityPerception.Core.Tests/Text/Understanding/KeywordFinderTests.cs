using System.Text;
using CityPerception.Core.Tests.Configuration;
using CityPerception.Core.Text.Understanding;

namespace CityPerception.Core.Tests.Text.Understanding;

public sealed class KeywordFinderTests
{
    [Theory]
    [InlineData("石子河的水又发臭了，河面上漂着垃圾，请环保部门看看", "石子河")]
    [InlineData("小區電梯又壞了，電梯裡困了三個人", "电梯")]
    public void Find_Text_NamesItsMatter(string text, string word) => Assert.Contains(word, Find(text).Split(' '));

    [Theory]
    [InlineData("我叫李建国，电话13812345678，身份证11010519491231002X，路灯不亮")]
    [InlineData("邻居王志强和张伟天天吵架，路灯不亮")]
    public void Find_TextWithPeople_NamesNone(string text)
    {
        string words = Find(text);
        Assert.Contains("路灯", words, StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9*]|建国|志强|张伟|王|李", words);
    }

    [Fact]
    public void Find_Repeated_GivesTheSameAndNoMoreThanAsked()
    {
        const string text = "工地夜间施工噪声扰民，渣土车遗撒，道路积水，井盖破损，电梯故障，暖气不热，自来水发黄";
        Assert.Equal(Find(text), Find(text));
        Assert.Equal(3, Find(text, 3).Split(' ').Length);
        Assert.Equal(KeywordFinder.MaxWords, Find(text, 99).Split(' ').Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("谢谢，请尽快处理！")]
    [InlineData("12345 2026-11-24")]
    public void Find_TextWithoutMatter_GivesNothing(string text) => Assert.Equal("", Find(text));

    private static string Find(string text, int most = KeywordFinder.DefaultWords) => ShippedFiles.Plan.Texts.Keywords.Find(Encoding.UTF8.GetBytes(text), most);
}
