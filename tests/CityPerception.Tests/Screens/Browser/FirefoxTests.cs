namespace CityPerception.Tests.Screens.Browser;

/// <summary>The pages in the other browser: they load without a fault, are pushed what is new, and do what they are for.</summary>
public sealed class FirefoxTests(FirefoxTests.City city) : IClassFixture<FirefoxTests.City>
{
    private Firefox Firefox => city.Browser;

    [Fact]
    public async Task Wall_ShowsTheChannelsAndWhatIsPushed()
    {
        await Firefox.OpenAsync("/");
        await Firefox.UntilAsync("document.querySelectorAll('#tiles .value').length === 8 && document.querySelectorAll('#map li').length === 12");
        await Firefox.UntilAsync("document.querySelector('#tiles h3').textContent === '城感通' && document.body.dataset.connection === 'live'");
        await Firefox.UntilAsync("document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth");
        await Firefox.TakeAsync("firefox-wall");

        await city.ReportAsync(7);
        await Firefox.UntilAsync("document.querySelector('#cases').textContent.includes('沁县')");
        await Firefox.AssertNoFaultsAsync();
    }

    [Fact]
    public async Task Channel_ShowsItsSeriesAndExplainsANumber()
    {
        await Firefox.OpenAsync("/channels/city", 1366, 768);
        await Firefox.UntilAsync("document.querySelectorAll('#rows tr').length > 0 && document.querySelector('#chart canvas') && document.querySelectorAll('#ranking li').length === 12");
        await Firefox.ClickAsync("#explain");
        await Firefox.UntilAsync("document.querySelector('#why').innerText.includes('CJ/T 292-2008')");
        await Firefox.TakeAsync("firefox-explain");
        await Firefox.AssertNoFaultsAsync();
    }

    [Fact]
    public async Task Report_IsSentAndConfirmed()
    {
        await Firefox.OpenAsync("/report", 360, 740);
        await Firefox.UntilAsync("document.querySelectorAll('[name=group]').length > 1");
        await Firefox.TypeAsync("#text", "路口有暴露垃圾，堵住了人行道");
        await Firefox.UntilAsync("document.querySelectorAll('[name=category]').length > 0");
        await Firefox.TakeAsync("firefox-report");
        await Firefox.AssertNoFaultsAsync();
    }

    [Fact]
    public async Task SignIn_IsInBothLanguages()
    {
        await Firefox.OpenAsync("/sign-in", 1366, 768);
        await Firefox.UntilAsync("document.querySelector('#form-title').textContent === '登录' && document.activeElement.id === 'name'");
        await Firefox.ClickAsync("#language");
        await Firefox.UntilAsync("document.querySelector('#form-title').textContent === 'Sign in' && document.documentElement.lang === 'en'");
        await Firefox.AssertNoFaultsAsync();
        await Firefox.ClickAsync("#language"); // the other tests of the class read Chinese
    }

    /// <summary>The server with a past, and the browser.</summary>
    public sealed class City : WallTests.City
    {
        private Firefox? _browser;

        internal Firefox Browser => _browser ?? throw new InvalidOperationException("It has not been started.");

        public override async ValueTask InitializeAsync()
        {
            await base.InitializeAsync();
            _browser = Firefox.Start(Http.BaseAddress!);
        }

        public override async ValueTask DisposeAsync()
        {
            if (_browser is not null) await _browser.DisposeAsync();
            await base.DisposeAsync();
        }
    }
}
