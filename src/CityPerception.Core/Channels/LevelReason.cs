using System.Globalization;
using CityPerception.Core.Configuration;

namespace CityPerception.Core.Channels;

/// <summary>Why a value has no level though its KPI has levels, or why its level may be worse than it is shown, for people.</summary>
public static class LevelReason
{
    /// <summary>The reason; null where there is none, or no level to miss.</summary>
    public static Names? Of(Kpi kpi, ChannelView view) => kpi.Levels is null || view.Void ? null : Of(kpi, view.Samples, view.Coverage);

    /// <summary>Whether a value follows from too few samples to be judged at all.</summary>
    internal static bool IsOfTooFew(Kpi kpi, long samples) => samples < kpi.MinSamples;

    /// <summary>Whether so many of the expected samples are missing that a good value may be bad.</summary>
    internal static bool LacksCoverage(Kpi kpi, double? coverage) => coverage < kpi.MinCoverage;

    private static Names? Of(Kpi kpi, long samples, double? coverage)
    {
        if (IsOfTooFew(kpi, samples))
            return Say($"样本 {samples} 个，至少需 {kpi.MinSamples} 个", $"{samples} samples, {kpi.MinSamples} are needed");
        if (LacksCoverage(kpi, coverage))
            return Say($"数据覆盖 {coverage:P0}，至少需 {kpi.MinCoverage:P0}", $"{coverage:P0} of the expected samples, {kpi.MinCoverage:P0} are needed");
        return null;
    }

    private static Names Say(FormattableString zh, FormattableString en) => new(zh.ToString(CultureInfo.InvariantCulture), en.ToString(CultureInfo.InvariantCulture));
}
