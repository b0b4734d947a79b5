using System.Buffers;
using System.Text.RegularExpressions;

namespace CityPerception.Core.Text.Similarity;

/// <summary>Finds where a matter is, from the words themselves: names of streets, estates and public places, and numbers of buildings and bus lines.</summary>
internal static partial class PlaceWords
{
    /// <summary>So many of either kind are kept.</summary>
    public const int Max = 8;

    // In a name's place these say that it is none: 这条路, 我们小区, 在马路, 人行道路.
    private static readonly SearchValues<char> NoName = SearchValues.Create("这那的了在条马道本我们你他个一有没走过不修公铁该此某各整全每两沿里外门线段");

    private const int KindBits = 4;

    /// <summary>A number for each place named, sorted. The two signs before its kind tell it: 英雄中路 and 在英雄中路 are one.</summary>
    public static uint[] Names(string folded) => Sorted(Name().EnumerateMatches(folded), folded, static (text, match) =>
    {
        ReadOnlySpan<char> name = text.AsSpan(match.Index, match.Length);
        if (name[..2].ContainsAny(NoName)) return null;
        char kind = name[2] is '大' && name.Length > 3 ? name[3] : name[2];
        return Grams.Mix(((uint)name[0] << 16 | name[1]) * 31 + kind);
    });

    /// <summary>A number for each building, entrance and bus line numbered, sorted.</summary>
    public static uint[] Numbers(string folded) => Sorted(Numbered().EnumerateMatches(folded), folded, static (text, match) =>
    {
        ReadOnlySpan<char> numbered = text.AsSpan(match.Index, match.Length);
        int end = numbered.LastIndexOfAnyInRange('0', '9') + 1;
        uint kind = numbered[end] switch { '单' => 1, '路' => 2, _ => 3 };
        return kind | uint.Parse(numbered[..end], System.Globalization.CultureInfo.InvariantCulture) << KindBits;
    });

    /// <summary>Whether both number a thing of one kind, and no number of it is the same.</summary>
    public static bool Contradict(ReadOnlySpan<uint> a, ReadOnlySpan<uint> b)
    {
        for (uint kind = 1; kind <= 3; kind++)
        {
            bool bothHave = Has(a, kind) && Has(b, kind);
            if (bothHave && !ShareKind(a, b, kind)) return true;
        }

        return false;
    }

    private static bool Has(ReadOnlySpan<uint> numbers, uint kind)
    {
        foreach (uint number in numbers)
        {
            if (IsOf(number, kind)) return true;
        }

        return false;
    }

    private static bool ShareKind(ReadOnlySpan<uint> a, ReadOnlySpan<uint> b, uint kind)
    {
        foreach (uint number in a)
        {
            if (IsOf(number, kind) && b.Contains(number)) return true;
        }

        return false;
    }

    private static bool IsOf(uint number, uint kind) => (number & ((1 << KindBits) - 1)) == kind;

    private static uint[] Sorted(Regex.ValueMatchEnumerator matches, string text, Func<string, ValueMatch, uint?> number)
    {
        SortedSet<uint>? found = null;
        foreach (ValueMatch match in matches)
        {
            if (number(text, match) is { } one) (found ??= []).Add(one);
            if (found is { Count: Max }) break;
        }

        return found is null ? [] : [.. found];
    }

    [GeneratedRegex("\\p{IsCJKUnifiedIdeographs}{2}(?:大街|大道|花园|家园|佳苑|小区|社区|广场|公园|小学|中学|学校|医院|市场|商场|超市|大厦|酒店|车站|水库|路|街|巷|桥|村|苑)", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex("[0-9]{1,4}(?:号楼|栋|幢|单元|路公交|路车)", RegexOptions.CultureInvariant)]
    private static partial Regex Numbered();
}
