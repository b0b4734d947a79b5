using CityPerception.Observability;
using CityPerception.Screens.Admin;

namespace CityPerception.Tests.Screens;

/// <summary>The words of the operators' pages.</summary>
public sealed class AdminTextTests
{
    [Fact]
    public void Reasons_AllHaveWordsInBothLanguages() => Assert.All(IngestMetrics.ReasonNames.Values, reason =>
    {
        Assert.NotNull(AdminTexts.Find(reason));
        (string zh, string en) = AdminTexts.Find(reason)!.Value;
        Assert.True(zh.Length > 0 && en.Length > 0 && zh != en);
    });

    [Fact]
    public void Pages_AllSayWhoMaySeeThem() => Assert.All(AdminPages.All, p => Assert.NotEmpty(VisibleToAttribute.RolesOf(p.Page)));
}
