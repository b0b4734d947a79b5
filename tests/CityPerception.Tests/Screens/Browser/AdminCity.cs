using System.Net.Http.Headers;
using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using CityPerception.Storage.Operations.Access;
using CityPerception.Storage.Operations.Devices;
using CityPerception.TestKit;
using CityPerception.Tests.Access;
using Microsoft.Playwright;

namespace CityPerception.Tests.Screens.Browser;

/// <summary>A server with people, devices, a case, samples and dead letters, and a browser that signs in.</summary>
public sealed class AdminCity : PeopleServer
{
    /// <summary>What a page would run if it took text for markup.</summary>
    internal const string Script = "<img src=x onerror=alert(1)><script>alert(2)</script>";

    private HttpClient? _sender;

    internal DeviceRegistry Devices => Part<DeviceRegistry>();

    internal DeadLetterLog Letters => Part<DeadLetterLog>();

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _sender = await WithKeyAsync((await AddKeyAsync(["ingest:*", "write"])).Key);
        await Devices.AddAsync([("AQ-00001", "英雄中路", new NewCredential(CredentialKind.Password, DeviceSecrets.Hash(DeviceSecrets.MakePassword(), isMade: true))), ("AQ-00002", Script, null)], Ct);
        Assert.True((await SendAsync("air-station", await File.ReadAllTextAsync(RepositoryFolder.Find("ingest-configs/samples/air-station.json"), Ct))).IsSuccessStatusCode);
        string sample = await File.ReadAllTextAsync(RepositoryFolder.Find("ingest-configs/samples/case-event.json"), Ct);
        Assert.True((await SendAsync("case-event", sample)).IsSuccessStatusCode);
        Assert.True((await SendAsync("case-event", sample.Replace("CZ202611220912330187", Script, StringComparison.Ordinal))).IsSuccessStatusCode);
        await SendAsync("air-station", $$$"""{"deviceId": "AQ-00001", "ts": "{{{Script}}}", "data": {"pm25": 1}}""");
        await WaitUntilStoredAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        _sender?.Dispose();
        await base.DisposeAsync();
    }

    internal Task<HttpResponseMessage> SendAsync(string source, string payload) =>
        _sender!.PostAsync("/ingest/" + source, new StringContent(payload, new MediaTypeHeaderValue("application/json")), Ct);

    /// <summary>A letter that would become an observation now: as if the configuration had been corrected since.</summary>
    internal async Task<DeadLetter> AddLetterAsync(string device)
    {
        string payload = (await File.ReadAllTextAsync(RepositoryFolder.Find("ingest-configs/samples/air-station.json"), Ct)).Replace("AQ-00001", device, StringComparison.Ordinal);
        DeadLetter letter = DeadLetter.Create(
            DeadLetterKind.Message, "air-station", "http", "/ingest/air-station", TimeProvider.System.GetUtcNow(),
            [new Rejection(RejectionReason.LookupMissing, 0, "$." + device, "not in the table")], System.Text.Encoding.UTF8.GetBytes(payload));
        await Letters.WaitDurableAsync(await Letters.AppendAsync(letter, Ct), Ct);
        return letter;
    }

    /// <summary>A page under /admin, of somebody with a role who has just signed in at the page that it sent them to.</summary>
    internal Task<BrowserPage> OpenAsync(Chromium chromium, string path, string role = UserRoles.Administrator, string locale = "zh-CN", int width = 1366, int height = 768) =>
        OpenAsync(this, chromium, path, role, locale, width, height);

    /// <summary>The same, of any server. Everything by the keyboard.</summary>
    internal static async Task<BrowserPage> OpenAsync(PeopleServer city, Chromium chromium, string path, string role, string locale, int width = 1366, int height = 768)
    {
        (string name, string password) = await city.AddUserAsync(role);
        BrowserPage browser = await chromium.OpenAsync(city.Http.BaseAddress!, locale, width, height);
        browser.Page.Dialog += (_, dialog) => Assert.Fail("A script of a text ran: " + dialog.Message);
        await browser.Page.GotoAsync(path);
        await browser.TabToAsync("#name");
        await browser.Page.Keyboard.TypeAsync(name);
        await browser.TabToAsync("#password");
        await browser.Page.Keyboard.TypeAsync(password);
        await browser.Page.Keyboard.PressAsync("Enter");
        await browser.Page.WaitForURLAsync("**" + path);
        await Assertions.Expect(browser.Page.Locator("#content h1, #content [role=alert]").First).ToBeVisibleAsync();
        return browser;
    }
}
