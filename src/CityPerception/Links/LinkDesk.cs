using CityPerception.Core.Text.Masking;
using CityPerception.Storage.Links;

namespace CityPerception.Links;

/// <summary>What operators do about links, by the API and by commands.</summary>
internal sealed class LinkDesk(AppealLinks links, LinkQueries queries)
{
    private const int MaxReason = 500;

    private const string NoReason = "A reason is needed, of 1 to 500 characters: it is kept for good. 请填写理由（1 至 500 字）。";

    private const string NotLinked = "No link has this id: the appeal is the first of its matter, or not kept any more. 没有这条关联。";

    /// <summary>Says that an appeal is not the matter that it is linked to. Returns what is wrong, or null.</summary>
    public async Task<string?> UndoAsync(Guid id, string? reason, string by, CancellationToken cancellationToken)
    {
        if (!IsReason(reason)) return NoReason;
        IReadOnlyList<AppealRow> matter = await queries.FindMatterAsync(id, cancellationToken);
        AppealRow? one = matter.FirstOrDefault(a => a.Key == id);
        return one is null || one.Representative == id || !await links.DecideAsync(id, one.Representative, isSame: false, Kept(reason!), by, cancellationToken) ? NotLinked : null;
    }

    /// <summary>Says that two appeals are the same matter. Returns what is wrong, or null.</summary>
    public async Task<string?> JoinAsync(Guid first, Guid second, string? reason, string by, CancellationToken cancellationToken)
    {
        if (!IsReason(reason)) return NoReason;
        if (first == second) return "An appeal cannot be joined to itself. 不能与自身合并。";
        return await links.DecideAsync(first, second, isSame: true, Kept(reason!), by, cancellationToken)
            ? null
            : "One of the two is not kept, or is past the window in which appeals are compared. 其中一条诉求不存在或已超出比对时限。";
    }

    // Who gives it may have the resident's number at hand.
    private static string Kept(string reason) => PersonalData.Mask(reason.Trim());

    private static bool IsReason(string? reason) => reason is not null && reason.Trim().Length is > 0 and <= MaxReason;
}
