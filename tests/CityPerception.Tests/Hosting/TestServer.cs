using System.Net.Http.Headers;
using CityPerception.Configuration;
using CityPerception.Core.Mapping;
using CityPerception.DeadLetters;
using CityPerception.Hosting;
using CityPerception.TestKit;
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
        // As commands on the same machine do; it counts only where credentials are required.
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", app.Services.GetRequiredService<InstanceFile>().Key);
        Client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("*/*"));
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>A server without any source.</summary>
    public static Task<TestServer> StartAsync(params (string Key, string Value)[] settings) => StartAsync(null, settings);

    /// <summary>A server with the configuration of a directory.</summary>
    public static async Task<TestServer> StartAsync(string? configDirectory, (string Key, string Value)[] settings)
    {
        DirectoryInfo data = Directory.CreateTempSubdirectory("cityperception-server-");
        string config = configDirectory ?? WithoutSources(data);
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Http:Url", "http://127.0.0.1:0"), new("Mqtt:Port", "0"), new("Logging:Level", "warning"), new("IngestStats:Enabled", "false")])
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))).Build();
        WebApplication app = ServerHost.Build(new ServeArguments { ConfigDirectory = config, DataDirectory = data.FullName }, configuration);
        Assert.True(app.Services.GetRequiredService<CurrentPlan>().Load());
        await app.StartAsync(TestContext.Current.CancellationToken);
        Listener http = app.Services.GetRequiredService<Listeners>().All.Single(l => l.Name == "HTTP");
        return new TestServer(app, data, new Uri($"http://{http.Bound()}"));
    }

    private static string WithoutSources(DirectoryInfo data)
    {
        string folder = data.CreateSubdirectory("ingest-configs").FullName;
        foreach (string file in (string[])[IngestPlan.CityFileName, IngestPlan.MeasurementsFileName])
            File.Copy(Path.Combine(RepositoryFolder.Find("ingest-configs"), file), Path.Combine(folder, file));
        return folder;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _data.Delete(recursive: true);
    }
}
