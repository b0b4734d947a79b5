using System.Net.Http.Json;
using System.Text.Json;
using CityPerception.TestKit;
using CityPerception.Tests.FieldReports;
using CityPerception.Tests.Support;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>What was said to be reported is there after a crash, and the form outlives its server.</summary>
public sealed class ReportOutageTests(Chromium chromium)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Report_ServerKilledRightAfterItsAnswer_HasItAndTakesWhatWasWrittenMeanwhile()
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("cityperception-report-");
        try
        {
            Server first = await Server.StartAsync(data.FullName);
            Uri address = first.Http.BaseAddress!;
            await using ReportPage phone = await ReportPage.OpenAsync(chromium, address);
            phone.Browser.ServerMayBeAway = true;
            await phone.WaitForWorkerAsync();
            await phone.WriteAsync("接收后停机");
            await phone.AttachAsync(Pictures.JpegWithExif(400, 300));
            await Assertions.Expect(phone.Page.Locator("#previews canvas")).ToHaveCountAsync(1);
            await phone.SendAsync();
            await Assertions.Expect(phone.Page.Locator("#message")).ToContainTextAsync("已上报");
            await first.KillAsync();
            await first.DisposeAsync();

            await phone.Page.ReloadAsync();
            await Assertions.Expect(phone.Page.Locator("#network")).ToContainTextAsync("服务器无响应");
            await phone.WriteAsync("停机时写的");
            await phone.SendAsync();
            await Assertions.Expect(phone.Page.Locator("#message")).ToContainTextAsync("已存在手机里");

            await using Server second = await Server.StartAsync(data.FullName, set: ["Http:Url=" + address]);
            await phone.ShowMineAsync();
            await Assertions.Expect(phone.StateOf("停机时写的")).ToHaveTextAsync("已上报", new() { Timeout = 60_000 });
            await Until.TrueAsync("both are cases", async () => (await second.Http.GetFromJsonAsync<JsonElement>("/api/cases?source=grid-report", Ct)).GetProperty("cases").GetArrayLength() == 2, Ct);
            Assert.Single(data.EnumerateFiles("*.jpg", SearchOption.AllDirectories));
            phone.Browser.AssertNoFaults();
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Report_ThatTheServerRefuses_SaysWhyAndIsCorrectedOrDeletedOnThePhone()
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("cityperception-report-");
        try
        {
            await using Server server = await Server.StartAsync(data.FullName);
            await using ReportPage phone = await ReportPage.OpenAsync(chromium, server.Http.BaseAddress!);
            DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
            await phone.Page.Clock.SetFixedTimeAsync(now.AddHours(1));
            foreach (string text in (string[])["时钟快了", "不要了"])
            {
                await phone.WriteAsync(text);
                await phone.SendAsync();
                await Assertions.Expect(phone.Page.Locator("#message")).ToContainTextAsync("未接收");
                await Assertions.Expect(phone.Page.Locator("#mine-list li", new() { HasTextString = text }).Locator(".fault")).ToHaveTextAsync("手机时间快于服务器时间，请校准。");
            }

            await phone.ShowMineAsync();
            await Screenshots.TakeAsync(phone.Page, "report-refused-zh");
            await phone.Browser.AssertAccessibleAsync();
            await phone.Page.Clock.SetFixedTimeAsync(now);
            await phone.Page.Locator("#mine-list li", new() { HasTextString = "时钟快了" }).GetByRole(AriaRole.Button, new() { Name = "再次发送" }).ClickAsync();
            await Assertions.Expect(phone.StateOf("时钟快了")).ToHaveTextAsync("已上报");
            ILocator unwanted = phone.Page.Locator("#mine-list li", new() { HasTextString = "不要了" });
            await unwanted.GetByRole(AriaRole.Button, new() { Name = "删除" }).ClickAsync();
            await unwanted.GetByRole(AriaRole.Button, new() { Name = "再点一次删除" }).ClickAsync();
            await Assertions.Expect(unwanted).ToHaveCountAsync(0);
            await Until.TrueAsync("one is a case", async () => (await server.Http.GetFromJsonAsync<JsonElement>("/api/cases?source=grid-report", Ct)).GetProperty("cases").GetArrayLength() == 1, Ct);
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}
