using System.Globalization;
using System.Text.Json;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Core.Queries;
using CityPerception.DeadLetters;
using CityPerception.Hosting;
using CityPerception.Links;
using CityPerception.Storage.Links;
using CityPerception.Storage.Stores;
using Microsoft.Extensions.Logging.Abstractions;

namespace CityPerception.Cli;

/// <summary>The work of <c>links</c>. Beside a running server it works at the same database; the server follows.</summary>
internal static partial class Work
{
    public static Task<int> ListLinksAsync(RegistryArguments where, string? measurement, int limit, CancellationToken cancellationToken) =>
        WithOperationsAsync(where, async (databases, _) =>
        {
            IReadOnlyList<DuplicateLink> links = await new LinkQueries(databases).ListAsync(new LinkFilter(measurement, null, null, limit), cancellationToken);
            Terminal.Out.Table(
                ["link 关联", "time 时间", "appeal 诉求", "first 首次诉求", "why 依据"],
                [.. links.Select(l => (IReadOnlyList<string>)[l.Duplicate.Key.ToString(), TimeOf(l.Duplicate), Terminal.Escape(l.Duplicate.Id), Terminal.Escape(l.First.Id), Why(l.Duplicate)])]);
            return ExitCode.Ok;
        }, cancellationToken);

    public static Task<int> ShowMatterAsync(RegistryArguments where, Guid id, CancellationToken cancellationToken) =>
        WithOperationsAsync(where, async (databases, _) =>
        {
            IReadOnlyList<AppealRow> matter = await new LinkQueries(databases).FindMatterAsync(id, cancellationToken);
            if (matter.Count == 0) return Failed("No appeal has this id; it may be past its time. 没有这条诉求。");
            Terminal.Out.Table(
                ["id 编号", "time 时间", "appeal 诉求", "district 区县", "category 类别", "why 依据"],
                [.. matter.Select(a => (IReadOnlyList<string>)[a.Key.ToString(), TimeOf(a), Terminal.Escape(a.Id), a.District ?? "", a.Category ?? "", a.Representative == a.Key ? "first 首次" : Why(a)])]);
            return ExitCode.Ok;
        }, cancellationToken);

    public static Task<int> UndoLinkAsync(RegistryArguments where, Guid id, string reason, CancellationToken cancellationToken) =>
        WithDeskAsync(where, desk => desk.UndoAsync(id, reason, Environment.UserName, cancellationToken), cancellationToken);

    public static Task<int> JoinAppealsAsync(RegistryArguments where, Guid first, Guid second, string reason, CancellationToken cancellationToken) =>
        WithDeskAsync(where, desk => desk.JoinAsync(first, second, reason, Environment.UserName, cancellationToken), cancellationToken);

    public static Task<int> RebuildLinksAsync(RegistryArguments where, string configDirectory, CancellationToken cancellationToken) =>
        WithOperationsAsync(where, async (databases, settings) =>
        {
            // The server has the store's file open.
            if (InstanceFile.Read(where.DataDirectory) is { } address && await AskServerAsync(address, cancellationToken) is { } exitCode) return exitCode;
            (IngestPlan? plan, CheckReport check) = Load(configDirectory);
            if (plan is null) return BadUsage(string.Join('\n', check.Faults));

            StoreOptions options = settings.GetSection(StorageParts.StoreSection).Get<StoreOptions>() ?? new StoreOptions();
            if (settings[$"{StorageParts.StoreSection}:DuckDb:Path"] is null) options.DuckDb.Path = Path.Combine(where.DataDirectory, StorageParts.DuckDbFile);
            await using IStore store = Stores.Create(options, () => plan.Measurements, NullLoggerFactory.Instance, TimeProvider.System);
            await store.OpenAsync(cancellationToken);
            return Told(await new LinkRebuild(databases, OptionsOf(settings), TimeProvider.System).RunAsync(store, cancellationToken));
        }, cancellationToken);

    // Null if the server is not there: its file is from a run that has ended.
    private static async Task<int?> AskServerAsync(InstanceAddress address, CancellationToken cancellationToken)
    {
        using HttpClient http = InstanceClient.Create(address);
        try
        {
            using HttpResponseMessage answer = await http.PostAsync(LinkServices.RebuildPath, null, cancellationToken);
            if (!answer.IsSuccessStatusCode) return Failed($"The server at {address.Url} refuses: {(int)answer.StatusCode} {await InstanceClient.FindDetailAsync(answer, cancellationToken)}");
            return Told((await answer.Content.ReadFromJsonAsync(LinkJson.Default.LinkRebuildResult, cancellationToken))!);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError)
        {
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            return Failed($"The server ended before the links were rebuilt; give the command again. 服务中断，请重新执行。 {e.Message}");
        }
    }

    private static Task<int> WithDeskAsync(RegistryArguments where, Func<LinkDesk, Task<string?>> work, CancellationToken cancellationToken) =>
        WithOperationsAsync(where, async (databases, settings) =>
        {
            using var links = new AppealLinks(databases, OptionsOf(settings), TimeProvider.System);
            return await work(new LinkDesk(links, new LinkQueries(databases))) is { } fault ? Failed(fault) : ExitCode.Ok;
        }, cancellationToken);

    private static AppealLinkOptions OptionsOf(IConfiguration settings) => settings.GetSection(AppealLinkOptions.Section).Get<AppealLinkOptions>() ?? new AppealLinkOptions();

    private static int Told(LinkRebuildResult result)
    {
        Terminal.Out.Verdict(true, string.Create(CultureInfo.InvariantCulture, $"{result.Appeals} appeals read, the links are rebuilt. 已读取 {result.Appeals} 条诉求并重建关联。"));
        return ExitCode.Ok;
    }

    private static string TimeOf(AppealRow row) => ObservationTime.FromUnixNs(row.TimeNs).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + "Z";

    private static string Why(AppealRow row) => row.ToMatch() is { } match
        ? string.Create(CultureInfo.InvariantCulture, $"{match.Score:0.00}: text 文本 {match.Text:0.00}, place 地点 {match.Place:0.00} ({match.Evidence}{(match.Metres is { } metres ? $" {metres:0} m" : "")}), category 类别 {match.Category:0.0}, {match.Hours:0.0} h")
        : "by hand 人工";
}
