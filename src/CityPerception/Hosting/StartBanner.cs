using System.Diagnostics;
using System.Globalization;
using CityPerception.Cli;
using CityPerception.Observability;
using Microsoft.Extensions.Options;

namespace CityPerception.Hosting;

/// <summary>A row that a part adds to what is printed at the start: <c>Store</c>, <c>duckdb, data/city.duckdb</c>.</summary>
internal sealed record BannerRow(string Name, string Value);

/// <summary>What is printed when the server is up: what listens where, and one line that it is ready.</summary>
internal sealed class StartBanner(
    ServeArguments arguments, Listeners listeners, IEnumerable<BannerRow> rows, IOptions<LoggingOptions> logging, TimeProvider clock, ILogger<StartBanner> logger)
{
    /// <summary>Prints it, or logs it where the output is read by a collector of JSON lines.</summary>
    public void Show(Terminal terminal)
    {
        string http = Url(listeners.All.First(l => l.Name == "HTTP"));
        double seconds = (clock.GetUtcNow() - Process.GetCurrentProcess().StartTime.ToUniversalTime()).TotalSeconds;
        string[] where = [http, .. listeners.All.Where(l => l.Name != "HTTP").Select(Url)];

        if (logging.Value.Format is LogFormat.Json)
        {
            logger.Ready(seconds, string.Join(' ', where), RoleNames.Format(arguments.Roles), arguments.ConfigDirectory, arguments.DataDirectory);
            return;
        }

        terminal.Line();
        terminal.Line("双感八通 CityPerception");
        terminal.Table(["", ""],
        [
            ["Start page 首页", http + "/"],
            .. listeners.All.Where(l => l.Name != "HTTP").Select(l => (string[])[l.Name, Url(l)]),
            .. rows.Select(r => (string[])[r.Name, r.Value]),
            ["Roles 角色", RoleNames.Format(arguments.Roles)],
            ["Config 配置", Path.GetFullPath(arguments.ConfigDirectory)],
            ["Data 数据", Path.GetFullPath(arguments.DataDirectory)],
            ["Metrics 指标", http + "/metrics"],
            ["Health 健康", http + "/healthz/ready"],
            ["API", http + "/openapi/v1.json"],
        ]);
        terminal.Verdict(true, string.Create(CultureInfo.InvariantCulture, $"CityPerception ready in {seconds:0.0} s: {string.Join(' ', where)}  (Ctrl-C stops · 按 Ctrl-C 停止)"));
    }

    // HJ 212 is spoken at hj212://…
    private static string Url(Listener listener) => $"{listener.Name.ToLowerInvariant().Replace(" ", "", StringComparison.Ordinal)}://{listener.Bound() ?? listener.Wanted}";
}
