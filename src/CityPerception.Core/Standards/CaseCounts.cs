using CityPerception.Core.Standards.Partials;

namespace CityPerception.Core.Standards;

/// <summary>The states of a case's life, as the tag <c>state</c> has them.</summary>
public enum CaseState
{
    Reported,
    Verified,
    Accepted,
    Filed,
    Dispatched,
    Signed,
    Disposed,
    Checked,
    Closed,
    Rework,
    Returned,
    Cancelled,

    /// <summary>Not closed by its deadline: a point of its own at the deadline, so that rates of windows add up.</summary>
    Overdue,
}

/// <summary>
/// What happened to cases in a window, and the rates of GB/T 30428.4 and CJ/T 292 (数字化城市管理信息系统 绩效评价). Counts
/// of windows and districts add up; rates are made of them last.
/// </summary>
/// <param name="ClosedOnTime">Of those closed.</param>
/// <param name="DisposedOnTime">Of those disposed of.</param>
/// <param name="NeedDispose">应处置数: cases whose disposal was due in the window, with those disposed of in time before.</param>
public readonly record struct CaseCounts(
    long Reported, long Filed, long Dispatched, long Signed, long Disposed, long DisposedOnTime, long NeedDispose,
    long Rework, long Returned, long Closed, long ClosedOnTime, long Overdue) : IPartial<CaseCounts>
{
    public static CaseCounts Empty => default;

    /// <summary>Cases that were to be closed (应结案数): those closed in time, and those whose deadline passed.</summary>
    public long NeedClose => ClosedOnTime + Overdue;

    /// <summary>立案率: filed of reported.</summary>
    public RatioPartial FilingRate => new(Filed, Reported);

    /// <summary>结案率: closed of those to be closed. More than 1 when a backlog is cleared.</summary>
    public RatioPartial CloseRate => new(Closed, NeedClose);

    /// <summary>按期结案率: closed in time of those to be closed.</summary>
    public RatioPartial OnTimeCloseRate => new(ClosedOnTime, NeedClose);

    /// <summary>按期处置率: disposed of in time of those to be disposed of.</summary>
    public RatioPartial OnTimeDisposalRate => new(DisposedOnTime, NeedDispose);

    /// <summary>返工率: sent back for rework of disposed of.</summary>
    public RatioPartial ReworkRate => new(Rework, Disposed);

    /// <summary>退单率: returned of dispatched.</summary>
    public RatioPartial ReturnRate => new(Returned, Dispatched);

    /// <summary>
    /// A department's index (部门综合指标): 60 for disposal in time, 30 for closing, 10 for no rework. Cities weigh
    /// otherwise; null where a rate is missing.
    /// </summary>
    public double? UnitIndex(double disposal = 60, double closing = 30, double noRework = 10) =>
        (disposal * OnTimeDisposalRate.Value) + (closing * CloseRate.Value) + (noRework * (1 - ReworkRate.Value));

    /// <summary>One change of state.</summary>
    /// <param name="onTime">Of <see cref="CaseState.Disposed"/> and <see cref="CaseState.Closed"/>.</param>
    public static CaseCounts Of(CaseState state, bool onTime = false) => state switch
    {
        CaseState.Reported => new() { Reported = 1 },
        CaseState.Filed => new() { Filed = 1 },
        CaseState.Dispatched => new() { Dispatched = 1 },
        CaseState.Signed => new() { Signed = 1 },
        CaseState.Disposed => new() { Disposed = 1, DisposedOnTime = onTime ? 1 : 0 },
        CaseState.Rework => new() { Rework = 1 },
        CaseState.Returned => new() { Returned = 1 },
        CaseState.Closed => new() { Closed = 1, ClosedOnTime = onTime ? 1 : 0 },
        CaseState.Overdue => new() { Overdue = 1 },
        _ => default,
    };

    public CaseCounts Combine(CaseCounts o) => new(
        Reported + o.Reported, Filed + o.Filed, Dispatched + o.Dispatched, Signed + o.Signed, Disposed + o.Disposed,
        DisposedOnTime + o.DisposedOnTime, NeedDispose + o.NeedDispose, Rework + o.Rework, Returned + o.Returned,
        Closed + o.Closed, ClosedOnTime + o.ClosedOnTime, Overdue + o.Overdue);

    public void Save(PartialFields fields)
    {
        long[] counts = [Reported, Filed, Dispatched, Signed, Disposed, DisposedOnTime, NeedDispose, Rework, Returned, Closed, ClosedOnTime, Overdue];
        for (int i = 0; i < counts.Length; i++) fields.Set(Fields[i], counts[i]);
    }

    public static bool TryLoad(PartialFields fields, out CaseCounts partial)
    {
        var counts = new long[Fields.Length];
        bool isThere = true;
        for (int i = 0; i < counts.Length; i++)
        {
            isThere &= fields.TryGet(Fields[i], out double count);
            counts[i] = (long)count;
        }
        partial = new(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], counts[7], counts[8], counts[9], counts[10], counts[11]);
        return isThere;
    }

    // The names of CJ/T 292 where it has one.
    private static readonly string[] Fields =
    [
        "report_num", "inst_num", "dispatch_num", "sign_num", "dispose_num", "intime_dispose_num", "need_dispose_num",
        "rework_num", "return_num", "archive_num", "intime_archive_num", "overdue_num",
    ];
}
