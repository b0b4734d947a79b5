using System.Text;
using CityPerception.Core.Text.Masking;

namespace CityPerception.Core.Tests.Text;

public class PersonalDataTests
{
    [Theory]
    [InlineData("我的电话是13812345678，请回电", "我的电话是138****5678，请回电")]
    [InlineData("138 1234 5678或139-1234-5678", "138****5678或139****5678")]
    [InlineData("+86 13812345678", "138****5678")]
    [InlineData("tel:008613812345678", "tel:138****5678")]
    [InlineData("１３８１２３４５６７８", "138****5678")]
    [InlineData("座机0355-2123456或（0355）2123456", "座机0355-*******或（0355）*******")]
    [InlineData("北京010-62345678", "北京010-********")]
    [InlineData("电话：2123456", "电话：*******")]
    [InlineData("邮箱wang.wu@example.com。", "邮箱w******@example.com。")]
    [InlineData("li@example.org或x@example.org", "l*@example.org或*@example.org")]
    public void Mask_WaysToReachSomebody_AreMasked(string text, string masked) => AssertMasked(text, masked);

    [Theory]
    [InlineData("身份证11010519491231002X", "身份证110105************")]
    [InlineData("身份证11010519491231002x。", "身份证110105************。")]
    [InlineData("110105 19491231 002X", "110105************")]
    [InlineData("１１０１０５１９４９１２３１００２Ｘ", "110105************")]
    [InlineData("440524188001010014", "440524************")]
    [InlineData("13812345678 440524188001010014", "138****5678 440524************")]
    public void Mask_IdentityCards_KeepTheRegion(string text, string masked) => AssertMasked(text, masked);

    [Theory]
    [InlineData("卡号4111111111111111", "卡号************1111")]
    [InlineData("6222 0212 3456 7890 128", "***************0128")]
    [InlineData("尾号 4111-1111-1111-1111，", "尾号 ************1111，")]
    public void Mask_BankCards_KeepTheLastFour(string text, string masked) => AssertMasked(text, masked);

    [Theory]
    [InlineData("晋D12345违停", "晋D*****违停")]
    [InlineData("京A·D12345", "京A******")]
    [InlineData("晋d1234挂", "晋d*****")]
    public void Mask_Plates_KeepTheOffice(string text, string masked) => AssertMasked(text, masked);

    [Theory]
    [InlineData("联系人张三，电话13812345678", "联系人张*，电话138****5678")]
    [InlineData("联系人张三电话13812345678", "联系人张*电话138****5678")]
    [InlineData("姓名：欧阳修", "姓名：欧**")]
    [InlineData("业主：于海洋说", "业主：于**说")]
    [InlineData("我叫李小龙，住在潞州区", "我叫李**，住在潞州区")]
    [InlineData("投诉人王芳反映夜间施工", "投诉人王*反映夜间施工")]
    public void Mask_NamesAfterTitles_KeepTheSurname(string text, string masked) => AssertMasked(text, masked);

    [Theory]
    [InlineData("")]
    [InlineData("英雄中路工地昨夜十一点仍在施工，噪声80分贝")]
    [InlineData("工单CZ20261124000187，案卷潞20261124-0187")]
    [InlineData("网格140403001002007，部件1404030102000123")]
    [InlineData("拨打12345、110、4008123456无人接听")]
    [InlineData("2026-11-24 09:12:33，36.2011,113.1187")]
    [InlineData("电表读数88241.7，欠费1234567元")]
    [InlineData("110105194912310021")]
    [InlineData("4111111111111112")]
    [InlineData("353879234252633")]
    [InlineData("业主高度关注，负责人不在，投诉人于昨日来电")]
    [InlineData("津A区、京B座、云南")]
    [InlineData("第138号楼12单元3456室")]
    public void Mask_WhatIsNobodys_Stays(string text) => AssertMasked(text, text);

    [Fact]
    public void Mask_EveryPrefix_IsNeverLonger()
    {
        const string all = "联系人张三，电话１３８１２３４５６７８，晋D12345，11010519491231002X，wang.wu@example.com，4111111111111111，0355-2123456";
        for (int length = 0; length <= all.Length; length++)
        {
            byte[] text = Encoding.UTF8.GetBytes(all[..length]);
            Assert.InRange(PersonalData.Mask(text).Length, 0, text.Length);
        }
    }

    private static void AssertMasked(string text, string masked)
    {
        Assert.Equal(masked, PersonalData.Mask(text));
        Assert.Equal(masked, Encoding.UTF8.GetString(PersonalData.Mask(Encoding.UTF8.GetBytes(text))));
        Assert.Equal(masked, PersonalData.Mask(masked)); // what is masked stays so
    }
}
