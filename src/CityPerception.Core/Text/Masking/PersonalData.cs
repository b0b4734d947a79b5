using System.Text;
using System.Text.RegularExpressions;

namespace CityPerception.Core.Text.Masking;

/// <summary>
/// Masks what tells who somebody is in the words of residents: numbers of phones, identity cards and bank cards, plates,
/// addresses of mail, and names where the text says that a name follows. What is left of each says what it was, and for
/// a district or a bank no more than many share.
/// </summary>
/// <remarks>
/// Digits may be full-width, and grouped as people write them. A number that only looks like a card's is told by its check
/// digit, so that the numbers of tickets and meters stay. The result is never longer than the text.
/// </remarks>
public static partial class PersonalData
{
    // A digit, plain or full-width; what people put between groups of them.
    private const string Digit = "[0-9０-９]", Gap = "[ \\u00A0\\-－—]?", NoDigitBefore = "(?<![0-9０-９])", NoDigitAfter = "(?![0-9０-９])";

    private const string Province = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

    // Where no link follows the title, surnames that are also common words (于, 曾, 向, 常) are left out: 投诉人于昨日.
    private const string Surnames =
        "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙段雷钱汤尹黎武乔贺赖龚申牛靳郜苗霍裴路",
        MoreSurnames = Surnames + "于曾向常万易文关时原连暴", DoubleSurnames = "欧阳|司马|上官|诸葛|夏侯|皇甫|尉迟|公孙|慕容|令狐|长孙";

    private const string Han = "\\p{IsCJKUnifiedIdeographs}";

    // What follows a given name of one sign; otherwise two signs are taken.
    private const string AfterName = "(?=$|[^\\p{IsCJKUnifiedIdeographs}]|电话|手机|联系|身份|住|家住|来电|投诉|举报|反映|要求|希望|表示|称|说|的|于|在|先生|女士)";

    private const string GivenName = "(?:" + Han + AfterName + "|" + Han + "{2}|" + Han + ")";

    private static readonly (Regex Pattern, MatchEvaluator Mask)[] Rules =
    [
        (IdentityCard(), MaskIdentityCard),
        (BankCard(), MaskBankCard),
        (MobilePhone(), static m => Digits(m.Value) is var d ? string.Concat(d.AsSpan(d.Length - 11, 3), "****", d.AsSpan(d.Length - 4)) : ""),
        (AreaPhone(), static m => m.Groups["area"].Value + new string('*', m.Groups["number"].Length)),
        (LocalPhone(), static m => new string('*', m.Length)),
        (Plate(), static m => m.Groups["place"].Value + new string('*', m.Groups["number"].Length)),
        (Mail(), static m => m.Groups["first"].Value + new string('*', m.Groups["box"].Length) + m.Groups["host"].Value),
        (TitledName(), MaskName),
    ];

    /// <summary>The text with everything masked.</summary>
    /// <param name="utf8">Valid UTF-8.</param>
    public static ReadOnlySpan<byte> Mask(ReadOnlySpan<byte> utf8)
    {
        string text = Encoding.UTF8.GetString(utf8);
        string masked = Mask(text);
        return ReferenceEquals(text, masked) ? utf8 : Encoding.UTF8.GetBytes(masked);
    }

    /// <summary>The text with everything masked; an equal one where there is nothing to mask.</summary>
    public static string Mask(string text)
    {
        foreach ((Regex pattern, MatchEvaluator mask) in Rules) text = pattern.Replace(text, mask);
        return text;
    }

    // GB 11643-1999: six digits of the region, eight of the birthday, three of order and sex, a check digit by ISO 7064 MOD 11-2.
    [GeneratedRegex(NoDigitBefore + Digit + "{6}" + Gap + Digit + "{8}" + Gap + Digit + "{3}[0-9０-９xXｘＸ]" + NoDigitAfter)]
    private static partial Regex IdentityCard();

    // ISO/IEC 7812; those of banks here have 16 to 19 digits and begin with 3 to 6.
    [GeneratedRegex(NoDigitBefore + "[3-6３-６]" + Digit + "{3}" + Gap + Digit + "{4}" + Gap + Digit + "{4}" + Gap + Digit + "{4}(?:" + Gap + Digit + "{1,3})?" + NoDigitAfter)]
    private static partial Regex BankCard();

    [GeneratedRegex(NoDigitBefore + "(?:(?:\\+|00)?86" + Gap + ")?[1１][3-9３-９]" + Digit + Gap + Digit + "{4}" + Gap + Digit + "{4}" + NoDigitAfter)]
    private static partial Regex MobilePhone();

    [GeneratedRegex(NoDigitBefore + "(?<area>[（(]?0[1-9][0-9]{1,2}[)）]?[ \\-－—]?)(?<number>[2-8][0-9]{6,7})" + NoDigitAfter)]
    private static partial Regex AreaPhone();

    [GeneratedRegex("(?<=(?:电话|座机|号码|联系方式)[是为:： ]{0,2})[2-8][0-9]{6,7}" + NoDigitAfter)]
    private static partial Regex LocalPhone();

    // GA 36-2018: the province, a letter of the office, five signs, six of new-energy vehicles; the last may say what kind it is.
    [GeneratedRegex("(?<place>[" + Province + "][A-HJ-NP-Z])[·•. ]?(?<number>(?=[A-Z]{0,5}[0-9])[A-HJ-NP-Z0-9]{4}(?:[A-HJ-NP-Z0-9]{1,2}|[挂学警港澳]))(?![A-Za-z0-9])", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Plate();

    [GeneratedRegex("(?:(?<first>[A-Za-z0-9])(?<box>[A-Za-z0-9._%+\\-]{1,63})|(?<box>[A-Za-z0-9]))(?<host>@[A-Za-z0-9][A-Za-z0-9.\\-]{0,62}\\.[A-Za-z]{2,24})")]
    private static partial Regex Mail();

    [GeneratedRegex("(?<title>(?:联系人|姓名|我叫|本人叫|名叫|举报人|投诉人|反映人|来电人|当事人|申请人|报案人)[ ]?)(?<name>(?:" + DoubleSurnames + "|[" + Surnames + "])" + GivenName + ")"
        + "|(?<title>(?:联系人|姓名|举报人|投诉人|反映人|来电人|当事人|申请人|报案人|业主|户主|房东|老板|经营者|负责人|网格员|驾驶员|司机)(?:[:：][ ]?|[是为叫]))(?<name>(?:" + DoubleSurnames + "|[" + MoreSurnames + "])" + GivenName + ")")]
    private static partial Regex TitledName();

    private static string MaskIdentityCard(Match match)
    {
        string digits = Digits(match.Value);
        return HasIdentityCheckDigit(digits) ? string.Concat(digits.AsSpan(0, 6), "************") : match.Value;
    }

    private static string MaskBankCard(Match match)
    {
        string digits = Digits(match.Value);
        return HasLuhnCheckDigit(digits) ? new string('*', digits.Length - 4) + digits[^4..] : match.Value;
    }

    private static string MaskName(Match match) =>
        match.Groups["title"].Value + match.Groups["name"].Value[0] + new string('*', match.Groups["name"].Length - 1);

    private static bool HasIdentityCheckDigit(string digits)
    {
        // The remainder of the weighted sum picks the check digit (GB 11643-1999, 4.2).
        ReadOnlySpan<byte> weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        int sum = 0;
        for (int i = 0; i < weights.Length; i++) sum += (digits[i] - '0') * weights[i];
        return "10X98765432"[sum % 11] == digits[^1];
    }

    private static bool HasLuhnCheckDigit(string digits)
    {
        int sum = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            int digit = digits[^(i + 1)] - '0';
            if (i % 2 == 1) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }

        return sum % 10 == 0;
    }

    /// <summary>Digits alone, plain, and the X of an identity card.</summary>
    private static string Digits(string text) => string.Concat(text.Select(Plain).Where(c => c is (>= '0' and <= '9') or 'X'));

    private static char Plain(char c) => c switch
    {
        >= '０' and <= '９' => (char)(c - '０' + '0'),
        'x' or 'ｘ' or 'Ｘ' => 'X',
        _ => c,
    };
}
