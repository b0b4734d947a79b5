using System.Text;
using System.Text.RegularExpressions;

namespace CityPerception.Core.Text.Similarity;

/// <summary>Brings the words of residents to a form in which two of them can be compared: one width, one case, without what every ticket says.</summary>
internal static partial class ComparableText
{
    // Of such a length a text is cut: what follows rarely says what the matter is.
    private const int MaxLength = 2_000;

    /// <summary>The text in compatibility form and lower case, without stock phrases. Punctuation and digits are still there.</summary>
    public static string Fold(string text)
    {
        if (text.Length > MaxLength) text = text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        return StockPhrases().Replace(text.Normalize(NormalizationForm.FormKC).ToLowerInvariant(), " ");
    }

    /// <summary>Whether a sign says nothing alone of what the matter is.</summary>
    public static bool IsFiller(char c) => "的了在是有我你他她它们这那个一不很都也就和与及或但而把被给让到从向对于为以可能会要想请吗呢吧啊呀没着过还再又已经上下里外中来去说道人们次天日".Contains(c);

    // What the operators of a hotline and forms write around the matter, and what residents ask for whatever it is.
    [GeneratedRegex("市民(?:来电|致电)?(?:反映|表示|咨询|投诉|举报)?|来电人(?:反映|表示|称)?|(?:群众|网友|居民|业主|住户)(?:反映|投诉|爆料)|反映[:：]?|"
        + "(?:希望|请求?|恳请|要求|盼望?|望)(?:有关|相关|贵)?(?:部门|单位|领导|政府|城管|社区|物业)?(?:能够|能|可以)?(?:尽快|及时|马上|立即|尽早|早日)?(?:前来|派人|到现场|现场)?(?:核实|处理|解决|维修|修复|查处|整治|管管|管一下|管理|协调|回复|答复)(?:一下)?|"
        + "谢谢(?:您|你们?|大家)?|你好|您好|详情(?:见|如下)?|联系(?:电话|方式|人)")]
    private static partial Regex StockPhrases();
}
