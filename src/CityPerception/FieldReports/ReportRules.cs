using CityPerception.Core.Mapping;
using CityPerception.Sources.Open311;
using static System.FormattableString;

namespace CityPerception.FieldReports;

/// <summary>What a report has to be like. What breaks a rule stays on the phone, to be corrected.</summary>
internal sealed class ReportRules(PhotoStore photos, TimeProvider clock)
{
    public const int MaxText = 2_000, MaxAddress = 300, MaxGrid = 32, MaxPhotos = 5;

    private static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(2), MaxAge = TimeSpan.FromDays(30);

    /// <summary>What is wrong by member, in both languages; empty for nothing.</summary>
    public Dictionary<string, string[]> Check(FieldReport report, IngestPlan plan)
    {
        var faults = new Dictionary<string, string[]>(StringComparer.Ordinal);
        void Need(bool holds, string member, string fault)
        {
            if (!holds) faults.TryAdd(member, [fault]);
        }

        DateTimeOffset now = clock.GetUtcNow();
        Need(report.Id != Guid.Empty, "id", "id is missing. 缺少编号。");
        Need(report.MadeAt <= now + MaxAhead, "madeAt", "The phone's clock is ahead of the server's. 手机时间快于服务器时间，请校准。");
        Need(report.MadeAt >= now - MaxAge, "madeAt", Invariant($"A report is older than {MaxAge.Days} days, or the phone's clock is behind. 上报超过 {MaxAge.Days} 天，或手机时间有误。"));
        Need(ServiceCatalog.Of(plan).Any(s => s.Code == report.Category), "category", "The category is not one of the form's. 没有该类别。");
        Need(plan.City.Districts.Any(d => d.Code == report.District), "district", "The district is not one of the city's. 没有该区县。");
        Need(!string.IsNullOrWhiteSpace(report.Text) && report.Text.Length <= MaxText, "text", Invariant($"The text has 1 to {MaxText} characters. 描述应为 1 至 {MaxText} 字。"));
        Need((report.Address?.Length ?? 0) <= MaxAddress, "address", Invariant($"The address has at most {MaxAddress} characters. 地址最多 {MaxAddress} 字。"));
        Need(report.Grid is null || (report.Grid.Length <= MaxGrid && report.Grid.All(char.IsAsciiLetterOrDigit)), "grid", Invariant($"The grid is a code of at most {MaxGrid} letters and digits. 网格编码为最多 {MaxGrid} 位字母或数字。"));
        Need(IsPlace(report, plan), "position", "The position is not within the city. 位置不在本市范围内。");
        Need(report.Photos is null || (report.Photos.Length <= MaxPhotos && report.Photos.Distinct().Count() == report.Photos.Length), "photos", Invariant($"At most {MaxPhotos} photos. 最多 {MaxPhotos} 张照片。"));
        Need(report.Photos is null || report.Photos.Take(MaxPhotos).All(p => photos.Find(p) is not null), "photos", "A photo has not arrived. 照片尚未上传。");
        return faults;
    }

    private static bool IsPlace(FieldReport report, IngestPlan plan) => report switch
    {
        { Latitude: null, Longitude: null } => true,
        { Latitude: { } lat, Longitude: { } lon } => plan.City.Bounds.Contains(lat, lon),
        _ => false,
    };
}
