using System.Net.Http.Headers;
using CityPerception.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CityPerception.Tests.Hosting;

/// <summary>The real server on a free port, in this process, so that a test can reach its parts.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DirectoryInfo _data;

    private TestServer(WebApplication app, DirectoryInfo data, Uri address)
    {
        _app = app;
        _data = data;
        Client = new HttpClient { BaseAddress = address };
        Client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*"));
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<TestServer> StartAsync(params (string Key, string Value)[] settings)
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("cityperception-server-");
        string config = data.CreateSubdirectory("ingest-configs").FullName;
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new("Http:Url", "http://127.0.0.1:0"), new("Mqtt:Port", "0"), new("Logging:Level", "warning"), .. settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))]).Build();
        WebApplication app = ServerHost.Build(new ServeArguments { ConfigDirectory = config, DataDirectory = data.FullName }, configuration);
        await app.StartAsync(TestContext.Current.CancellationToken);
        Listener http = app.Services.GetRequiredService<Listeners>().All.Single(l => l.Name == "HTTP");
        return new TestServer(app, data, new Uri($"http://{http.Bound()}"));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
