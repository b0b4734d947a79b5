using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CityPerception.Storage.Tests.Stores;

/// <summary>A request as it came over the wire, its body unpacked.</summary>
internal sealed record WireRequest(string Method, string Path, string Query, string? Authorization, string? ContentEncoding, string Body)
{
    public string[] Lines => Body.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>An HTTP server that answers as a test says, and remembers what it was asked: for the InfluxDB versions that cannot be installed.</summary>
internal sealed class FakeInflux : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeInflux(WebApplication app) => _app = app;

    public List<WireRequest> Requests { get; } = [];

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public IEnumerable<WireRequest> Writes => Requests.Where(r => r.Path.EndsWith("/write", StringComparison.Ordinal));

    public static async Task<FakeInflux> StartAsync(Func<WireRequest, HttpResponse, Task> answer)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        var server = new FakeInflux(app);
        app.Run(async context =>
        {
            WireRequest request = await ReadAsync(context.Request);
            lock (server.Requests) server.Requests.Add(request);
            await answer(request, context.Response);
        });
        await app.StartAsync();
        return server;
    }

    public static Task AnswerAsync(HttpResponse response, int status, string json = "", params (string Name, string Value)[] headers)
    {
        response.StatusCode = status;
        foreach ((string name, string value) in headers) response.Headers[name] = value;
        if (json.Length == 0) return Task.CompletedTask;
        response.ContentType = "application/json";
        return response.WriteAsync(json);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private static async Task<WireRequest> ReadAsync(HttpRequest request)
    {
        string? encoding = request.Headers.ContentEncoding;
        Stream body = encoding == "gzip" ? new GZipStream(request.Body, CompressionMode.Decompress) : request.Body;
        using var reader = new StreamReader(body, Encoding.UTF8);
        return new WireRequest(request.Method, request.Path, request.QueryString.Value ?? "", request.Headers.Authorization, encoding, await reader.ReadToEndAsync());
    }
}
