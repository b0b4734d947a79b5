using CityPerception.Core.Text;

namespace CityPerception.Core.Tests.Mapping;

public sealed class MaskingTests
{
    [Theory]
    [InlineData("联系电话19900004387。", "联系电话199****4387。")]
    [InlineData("0355-1234567 和 03551234567", "0355-123**** 和 0355123****")]
    [InlineData("身份证140402199003071234、14040219900307123X", "身份证140402************、140402************")]
    [InlineData("请回复li.wei+1@mail.example.cn，谢谢", "请回复***@mail.example.cn，谢谢")]
    [InlineData("两点间距离12345678901234567890米，编号LZ202611241000090401，气温-12.5", "两点间距离12345678901234567890米，编号LZ202611241000090401，气温-12.5")]
    [InlineData("", "")]
    public void Mask_TextOfAResident_HidesWhatIdentifiesThem(string text, string masked) => Assert.Equal(masked, Masking.Mask(text));

    [Fact]
    public void Mask_LongTextWithoutEnd_IsDone()
    {
        string text = new('a', 8_000);
        Assert.Equal(text, Masking.Mask(text));
        Assert.Equal("***@a.b" + text, Masking.Mask("x@a.b" + text)[..7] + text);
    }
}
