using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using CityPerception.TestKit;
using CityPerception.Tests.Access;
using CityPerception.Tests.Support;
using MQTTnet;
using MQTTnet.Formatter;

namespace CityPerception.Tests.Cli;

/// <summary>A real installation, from nothing to the first device that sends.</summary>
public sealed class InitCommandTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Init_ThenServe_LetsItsDeviceInByTlsAndNobodyElse()
    {
        using var folder = new TempFolder();
        string data = folder.File("data");
        (int exitCode, string output, string error) = await InitAsync(data, "--name", "localhost", "--device", "AQ-00001", "--device", "AQ-00002");
        Assert.True(exitCode == 0, error);
        string[][] secrets = Secrets(output);
        Assert.Equal([("device", "AQ-00001", true), ("device", "AQ-00002", true), ("administrator", "admin", true)], secrets.Select(s => (s[0], s[1], s[2].Length >= 32)));
        Assert.DoesNotContain(secrets[0][2], error, StringComparison.Ordinal);
        Assert.Contains("cityperception serve --data " + data, error, StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            foreach (string file in (string[])["settings.json", "tls/ca.key", "tls/server.key", "tls/server.pem", "tls/ca.pem", "operations.db"])
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, file)));
        }

        // As it is: the settings are those of the file, but for the ports, which a test must not choose.
        await using Server server = await Server.StartAsync(data, set: ["Mqtt:TlsPort=0", "Http:TlsPort=0", "Security:RefuseAfter=00:00:00"]);
        Assert.Contains("mqtts://0.0.0.0:", server.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Printed.Split('\n'), l => l.Contains("ready in", StringComparison.Ordinal) && l.Split("0.0.0.0").Length > 3); // by TLS is all that others reach
        Assert.Contains("https://0.0.0.0:", server.Printed, StringComparison.Ordinal);
        int port = server.PortOf("mqtts");
        using X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(data, "tls", "ca.pem"));
        using (IMqttClient device = await ConnectAsync(port, authority, ("AQ-00001", secrets[0][2])))
        {
            MqttClientPublishResult taken = await device.PublishAsync(MqttSender.Message("city/aq/AQ-00001/telemetry", NumberedLoad.Message(1)), Ct);
            Assert.True(taken.IsSuccess);
        }

        foreach ((string, string)? login in ((string, string)?[])[null, ("AQ-00001", "password"), ("AQ-00001", secrets[1][2]), ("admin", "admin"), ("AQ-00003", secrets[0][2])])
            await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(port, authority, login));
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(server.MqttPort, null, null)); // on loopback neither
        using X509Certificate2 other = X509CertificateLoader.LoadCertificateFromFile(NewAuthority(folder));
        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(port, other, ("AQ-00001", secrets[0][2])));
        await server.WaitUntilDrainedAsync();
        await server.StopAsync();
    }

    [Fact]
    public async Task Init_ThenServe_LetsItsAdministratorAndItsKeyInByHttpsAndNobodyElse()
    {
        using var folder = new TempFolder();
        string data = folder.File("data");
        (int exitCode, string output, string error) = await InitAsync(data, "--name", "localhost", "--administrator", "Wang.Li", "--api-key", "gateway-7", "--scope", "ingest:*");
        Assert.True(exitCode == 0, error);
        string[][] secrets = Secrets(output);
        Assert.Equal(["administrator,wang.li", "key,gateway-7"], secrets.Select(s => $"{s[0]},{s[1]}"));
        Assert.Contains("登录: https://localhost:8443/sign-in", error, StringComparison.Ordinal);
        Assert.DoesNotContain(secrets, s => error.Contains(s[2], StringComparison.Ordinal));

        await using Server server = await Server.StartAsync(data, set: ["Mqtt:TlsPort=0", "Http:TlsPort=0"]);
        using X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(data, "tls", "ca.pem"));
        Uri https = new($"https://localhost:{server.PortOf("https")}");
        using (HttpClient stranger = Browser(https, authority))
        {
            using HttpContent message = new StringContent(NumberedLoad.Message(1), Encoding.UTF8, "application/json");
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/api/audit", Ct)).StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.PostAsync("/ingest/air-station", message, Ct)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/sign-in", Ct)).StatusCode);
            using HttpResponseMessage wrong = await PeopleServer.TrySignInAsync(stranger, "wang.li", "admin");
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }

        using (HttpClient person = Browser(https, authority))
        {
            using HttpResponseMessage taken = await PeopleServer.TrySignInAsync(person, "wang.li", secrets[0][2]);
            Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
            Assert.Equal("wang.li", await PeopleServer.NameAsync(person));
            string audit = await person.GetStringAsync("/api/audit", Ct); // an administrator's to read
            Assert.Contains("\"action\":\"user add\",\"target\":\"wang.li\"", audit, StringComparison.Ordinal);
            Assert.Contains("\"action\":\"key add\",\"target\":\"gateway-7\"", audit, StringComparison.Ordinal);
        }

        using (HttpClient program = Browser(https, authority))
        {
            program.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secrets[1][2]);
            using HttpContent message = new StringContent(NumberedLoad.Message(1), Encoding.UTF8, "application/json");
            using HttpResponseMessage taken = await program.PostAsync("/ingest/air-station", message, Ct);
            Assert.True(taken.IsSuccessStatusCode, await taken.Content.ReadAsStringAsync(Ct));
            Assert.Equal(HttpStatusCode.Forbidden, (await program.GetAsync("/api/audit", Ct)).StatusCode);
        }

        using X509Certificate2 other = X509CertificateLoader.LoadCertificateFromFile(NewAuthority(folder));
        using HttpClient elsewhere = Browser(https, other);
        await Assert.ThrowsAsync<HttpRequestException>(() => elsewhere.GetAsync("/sign-in", Ct));
        await server.WaitUntilDrainedAsync();
        await server.StopAsync();
    }

    [Fact]
    public async Task Init_PasswordFromTheInput_IsTakenAndNotPrinted()
    {
        using var folder = new TempFolder();
        string[] arguments = ["init", "--data", folder.File("data"), "--yes", "--password-input"];
        await using (CliProcess tooShort = CliProcess.Start(arguments)) Assert.Equal(2, (await tooShort.FinishAsync("short\n")).ExitCode);
        Assert.False(Directory.Exists(folder.File("data")));

        await using CliProcess init = CliProcess.Start(arguments);
        (int exitCode, string output, string error) = await init.FinishAsync("a long and secret sentence\n");
        Assert.Equal((0, ""), (exitCode, output));
        Assert.DoesNotContain("secret sentence", error, StringComparison.Ordinal);
        await using Server server = await Server.StartAsync(folder.File("data"), set: ["Mqtt:TlsPort=0", "Http:TlsPort=0"]);
        server.Http.DefaultRequestHeaders.Authorization = null;
        using HttpResponseMessage taken = await PeopleServer.TrySignInAsync(server.Http, "admin", "a long and secret sentence");
        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        await server.StopAsync();
    }

    [Fact]
    public async Task Init_OverAnInstallation_ChangesNothingUnlessTold()
    {
        using var folder = new TempFolder();
        string data = folder.File("data"), settings = Path.Combine(data, "settings.json"), certificate = Path.Combine(data, "tls", "server.pem"), authority = Path.Combine(data, "tls", "ca.pem");
        Assert.Equal(0, (await InitAsync(data, "--device", "AQ-00001")).ExitCode);
        JsonNode own = JsonNode.Parse(await File.ReadAllTextAsync(settings, Ct))!;
        own["Logging"] = new JsonObject { ["Level"] = "warning" };
        await File.WriteAllTextAsync(settings, own.ToJsonString(), Ct);
        string[] before = [.. Files(data)];

        (int exitCode, string output, string error) = await InitAsync(data, "--device", "AQ-00002");
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("is an installation already, and nothing was changed", error, StringComparison.Ordinal);
        Assert.Equal(before, Files(data));

        string oldCertificate = await File.ReadAllTextAsync(certificate, Ct), oldAuthority = await File.ReadAllTextAsync(authority, Ct);
        (exitCode, output, error) = await InitAsync(data, "--again", "--administrator", "second", "--address", "127.0.0.1", "--device", "AQ-00001", "--device", "AQ-00002");
        Assert.Equal(0, exitCode);
        Assert.StartsWith("device,AQ-00002,", Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("there already, none was made 已存在，未新建: admin", error, StringComparison.Ordinal);
        Assert.DoesNotContain("second", (await CliProcess.RunAsync(["user", "list", "--data", data])).Output, StringComparison.Ordinal);
        Assert.NotEqual(oldCertificate, await File.ReadAllTextAsync(certificate, Ct));
        Assert.Equal(oldAuthority, await File.ReadAllTextAsync(authority, Ct));
        JsonNode now = JsonNode.Parse(await File.ReadAllTextAsync(settings, Ct))!;
        Assert.Equal(("warning", "127.0.0.1", "127.0.0.1", true), (now["Logging"]!["Level"]!.GetValue<string>(), now["Mqtt"]!["TlsAddress"]!.GetValue<string>(), now["Http"]!["TlsAddress"]!.GetValue<string>(), now["Security"]!["Required"]!.GetValue<bool>()));
    }

    [Fact]
    public async Task Init_WithACertificateThatIsThere_TakesIt()
    {
        using var folder = new TempFolder();
        using var tls = new TlsFiles();
        string data = folder.File("data");
        Assert.Equal(0, (await InitAsync(data, "--certificate", tls.CertificateFile, "--key", tls.KeyFile)).ExitCode);
        Assert.False(Directory.Exists(Path.Combine(data, "tls")));
        Assert.Equal(tls.CertificateFile, JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(data, "settings.json"), Ct))!["Tls"]!["CertificateFile"]!.GetValue<string>());

        (int exitCode, _, string error) = await InitAsync(folder.File("other"), "--certificate", tls.KeyFile, "--key", tls.KeyFile);
        Assert.Equal(1, exitCode);
        Assert.Contains("holds no certificate in PEM form", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.File("other"), "settings.json")));
    }

    [Theory]
    [InlineData("--name a/b --yes", "neither a host name nor an IP address")]
    [InlineData("--address everywhere --yes", "allowed: an IP address")]
    [InlineData("--certificate chain.pem --yes", "belong together")]
    [InlineData("--device a/# --yes", "no name of a device")]
    [InlineData("--administrator a,b --yes", "--administrator: 'a,b' is no name")]
    [InlineData("--api-key gateway-7 --yes", "--api-key and --scope belong together")]
    [InlineData("--api-key gateway-7 --scope ingst:* --yes", "is no scope")]
    [InlineData("--name localhost", "give the answers as options, and --yes")]
    public async Task Init_WrongOrUnansweredQuestions_IsBadUsageAndMakesNothing(string arguments, string says)
    {
        using var folder = new TempFolder();
        (int exitCode, _, string error) = await CliProcess.RunAsync(["init", "--data", folder.File("data"), .. arguments.Split(' ')]);
        Assert.Equal(2, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("data")));
    }

    [Fact]
    public async Task Serve_SettingsOfTheInstallationWithAFault_SaysWhichFileItIs()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("settings.json"), """{"Mqtt":{"TlsAdress":"0.0.0.0"}}""", Ct);
        (int exitCode, _, string error) = await CliProcess.RunAsync(["serve", "--data", folder.Path]);
        Assert.Equal(2, exitCode);
        Assert.Contains(folder.File("settings.json") + ": unknown setting 'Mqtt:TlsAdress'", error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(folder.File("settings.json"), """{"Mqtt":{"TlsAddress":"0.0.0.0"}}""", Ct);
        (exitCode, _, error) = await CliProcess.RunAsync(["serve", "--data", folder.Path]);
        Assert.Equal(2, exitCode);
        Assert.Contains("Mqtt:TlsAddress is 0.0.0.0, which other machines can reach, but no credentials are asked for", error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(folder.File("settings.json"), """{"Http":{"TlsAddress":"0.0.0.0"}}""", Ct);
        (exitCode, _, error) = await CliProcess.RunAsync(["serve", "--data", folder.Path]);
        Assert.Equal(2, exitCode);
        Assert.Contains("Http:TlsAddress is 0.0.0.0, which other machines can reach, but no credentials are asked for", error, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Output, string Error)> InitAsync(string data, params string[] more) => CliProcess.RunAsync(["init", "--data", data, "--yes", .. more]);

    private static string[][] Secrets(string output) => [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(l => l.Split(','))];

    // Trusts the authority and nobody else.
    private static HttpClient Browser(Uri server, X509Certificate2 authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        return new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } }) { BaseAddress = server };
    }

    private static string NewAuthority(TempFolder folder)
    {
        using var tls = new TlsFiles();
        File.Copy(tls.CertificateFile, folder.File("other.pem"));
        return folder.File("other.pem");
    }

    private static IEnumerable<string> Files(string data) =>
        Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(f => f + " " + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(f))));

    private static async Task<IMqttClient> ConnectAsync(int port, X509Certificate2? authority, (string User, string Password)? login)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        MqttClientOptionsBuilder options = new MqttClientOptionsBuilder().WithTcpServer("localhost", port).WithProtocolVersion(MqttProtocolVersion.V500).WithClientId(Guid.NewGuid().ToString("N"));
        if (login is { } known) options.WithCredentials(known.User, known.Password);
        if (authority is not null) options.WithTlsOptions(tls => tls.UseTls().WithTrustChain([authority]).WithRevocationMode(X509RevocationMode.NoCheck).WithSslProtocols(SslProtocols.Tls13));
        MqttClientConnectResult answer = await client.ConnectAsync(options.Build(), Ct);
        if (answer.ResultCode is MqttClientConnectResultCode.Success) return client;
        client.Dispose();
        throw new AuthenticationException(answer.ResultCode.ToString());
    }
}
