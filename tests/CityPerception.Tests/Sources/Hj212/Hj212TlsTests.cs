using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using CityPerception.Hosting;
using CityPerception.TestKit;
using CityPerception.Tests.Hosting;
using CityPerception.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CityPerception.Tests.Sources.Hj212;

/// <summary>HJ 212 in TLS.</summary>
public sealed class Hj212TlsTests(Hj212TlsTests.SecureServer server) : IClassFixture<Hj212TlsTests.SecureServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_InTls_IsStoredAndAnswered()
    {
        const string device = "140403000A00000000000001";
        var stream = new SslStream(await WireServer.OpenTcpAsync(server.TlsPort, Ct), leaveInnerStreamOpen: false);
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = (_, certificate, _, _) => server.IsOurs(certificate) }, Ct);
        await using var logger = new Hj212Logger(stream);
        await logger.SendAsync(Hj212Logger.Frame($"QN=1;ST=22;CN=2011;PW=1;MN={device};Flag=5;CP=&&DataTime=20261124093000;a34004-Rtd=41&&"), Ct);
        Assert.Contains("QN=1;ST=91;CN=9014;", await logger.ReceiveAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(41.0, Assert.Single(await server.PointsOfAsync(device)).Fields["pm25"]);
    }

    [Fact]
    public async Task Send_PlainToTheTlsPort_EndsTheConnection()
    {
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server.TlsPort, Ct);
        await logger.SendAsync(Hj212Logger.Frame("QN=1;ST=22;CN=9015;PW=1;MN=M1;Flag=9;CP=&&&&"), Ct);
        Assert.DoesNotContain("QN=1", await logger.ReceiveAsync(Ct) ?? "", StringComparison.Ordinal);
    }

    public sealed class SecureServer : Hj212Server
    {
        private readonly TlsFiles _tls = new();

        public int TlsPort => Port("HJ 212 TLS");

        protected override (string Key, string Value)[] Settings =>
            [.. base.Settings, ("Tls:CertificateFile", _tls.CertificateFile), ("Tls:KeyFile", _tls.KeyFile), ("Mqtt:TlsPort", "0"), ("Http:TlsPort", "0"), ("Hj212:TlsPort", "0")];

        public bool IsOurs(X509Certificate? certificate) => certificate is X509Certificate2 { Thumbprint: var print } && print == _tls.Thumbprint;

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            _tls.Dispose();
            GC.SuppressFinalize(this);
        }
    }
}

/// <summary>Frames name no zone: the clock that a logger is set to is the city's.</summary>
public sealed class Hj212ClockTests
{
    [Fact]
    public async Task Send_TimeRequestInACityOfAnotherZone_IsAnsweredWithItsTime()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        using var config = new ConfigCopy();
        config.Replace("city.yaml", "Asia/Shanghai", "America/Anchorage");
        await using TestServer server = await TestServer.StartAsync(config.Path, [("Hj212:Enabled", "true"), ("Hj212:Port", "0")]);
        await using Hj212Logger logger = await Hj212Logger.ConnectAsync(server.Services.GetRequiredService<Listeners>().Find("HJ 212")!.Port, ct);
        await logger.SendAsync(Hj212Logger.Frame("QN=1;ST=22;CN=1013;PW=1;MN=M1;Flag=4;CP=&&&&"), ct);

        string answer = Assert.IsType<string>(await logger.ReceiveAsync(ct));
        string shown = answer[(answer.IndexOf("SystemTime=", StringComparison.Ordinal) + 11)..][..14];
        DateTime local = DateTime.ParseExact(shown, "yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Assert.InRange(local, TimeZoneInfo.ConvertTime(now.AddMinutes(-5), TimeZoneInfo.FindSystemTimeZoneById("America/Anchorage")).DateTime, TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById("America/Anchorage")).DateTime);
    }
}
