using System.Security.Cryptography;
using CityPerception.TestKit;

namespace CityPerception.Tests.Cli;

public sealed class UsageTests
{
    [Fact]
    public async Task Main_WithoutCommand_ShowsHelpAndIsBadUsage()
    {
        (int exitCode, string output, _) = await CliProcess.RunAsync([]);
        Assert.Equal(2, exitCode);
        Assert.Contains("serve", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Main_MistypedCommand_NamesTheNearest()
    {
        (int exitCode, _, string error) = await CliProcess.RunAsync(["serv"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("Did you mean 'serve'?", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_Always_PrintsOneAndIsOk()
    {
        (int exitCode, string output, string error) = await CliProcess.RunAsync(["version"]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Matches(@"^cityperception \d+\.\d+\.\d+", output);
    }

    [Theory]
    [InlineData("--roles", "broker,ingset", "did you mean 'ingest'?")]
    [InlineData("--set", "Mqtt:Prot=1884", "--set: unknown setting 'Mqtt:Prot'; did you mean 'Mqtt:Port'?")]
    [InlineData("--set", "Mqtt:Port=many", "Mqtt:Port: found 'many'; allowed: a whole number, 0 to 65535")]
    [InlineData("--set", "Mqtt:Port", "expected Section:Key=value")]
    [InlineData("--set", "Logging:Format=xml", "Logging:Format: found 'xml'; allowed: line, json")]
    [InlineData("--set", "Spool:SegmentBytes=3000000", "Spool:SegmentBytes is 3000000 and must be a power of two")]
    [InlineData("--set", "Store:Kind=oracle", "Store:Kind is 'oracle'; allowed: duckdb, influxdb.")]
    [InlineData("--config", "nowhere", "The configuration directory 'nowhere' does not exist")]
    public async Task Serve_WrongArgument_IsBadUsageWithTheCure(string option, string value, string says)
    {
        (int exitCode, _, string error) = await CliProcess.RunAsync(["serve", option, value]);
        Assert.Equal(2, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_FaultsInFileEnvironmentAndArguments_AreAllListedWithTheirOrigin()
    {
        (int exitCode, _, string error) = await CliProcess.RunAsync(
            ["serve", "--set", "Http:Ulr=x"],
            environment: [("CITYPERCEPTION_Mqtt__Adress", "127.0.0.1")],
            settingsFile: """{ "Logging": { "Levle": "debug" } }""");
        Assert.Equal(2, exitCode);
        Assert.Contains("cityperception.json: unknown setting 'Logging:Levle'; did you mean 'Logging:Level'?", error, StringComparison.Ordinal);
        Assert.Contains("environment variable CITYPERCEPTION_Mqtt__Adress: unknown setting 'Mqtt:Adress'; did you mean 'Mqtt:Address'?", error, StringComparison.Ordinal);
        Assert.Contains("--set: unknown setting 'Http:Ulr'; did you mean 'Http:Url'?", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_FileThatIsNoJson_NamesTheFile()
    {
        (int exitCode, _, string error) = await CliProcess.RunAsync(["serve"], settingsFile: "{ \"Http\": ");
        Assert.Equal(2, exitCode);
        Assert.Contains("cityperception.json: not valid JSON", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_ValuesOutOfRange_AreAllListed()
    {
        (int exitCode, _, string error) = await CliProcess.RunAsync(["serve", "--set", "Mqtt:Port=70000", "--set", "Http:MaxBodyBytes=1"]);
        Assert.Equal(2, exitCode);
        Assert.Contains("2 faults", error, StringComparison.Ordinal);
        Assert.Contains("Port", error, StringComparison.Ordinal);
        Assert.Contains("MaxBodyBytes", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "key.pem", "Tls:CertificateFile is missing")]
    [InlineData("certificate.pem", "", "Tls:KeyFile is missing")]
    [InlineData("nowhere.pem", "key.pem", "Tls:CertificateFile: 'nowhere.pem' cannot be read")]
    [InlineData("certificate.pem", "nowhere.pem", "Tls:KeyFile: 'nowhere.pem' cannot be read")]
    [InlineData("key.pem", "key.pem", "key.pem' holds no certificate in PEM form")]
    [InlineData("certificate.pem", "other.pem", "other.pem' is not the private key, in PEM form, of the first certificate in '")]
    [InlineData("certificate.pem", "certificate.pem", "certificate.pem' is not the private key")]
    [InlineData("certificate.pem", "locked.pem", "locked.pem' is protected by a password")]
    public async Task Serve_CertificateThatCannotBeUsed_NamesSettingAndFile(string certificate, string key, string says)
    {
        using var tls = new TlsFiles();
        using var ec = ECDsa.Create();
        string folder = Path.GetDirectoryName(tls.KeyFile)!;
        await File.WriteAllTextAsync(Path.Combine(folder, "other.pem"), ec.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "locked.pem"), ec.ExportEncryptedPkcs8PrivateKeyPem("x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1)), TestContext.Current.CancellationToken);
        string PathOf(string file) => file is "" or "nowhere.pem" ? file : Path.Combine(folder, file);

        (int exitCode, _, string error) = await CliProcess.RunAsync(["serve", "--set", $"Tls:CertificateFile={PathOf(certificate)}", "--set", $"Tls:KeyFile={PathOf(key)}"]);

        Assert.Equal(2, exitCode);
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--target", "mqtt://user:geheim@127.0.0.1", "--target: allowed: mqtt://HOST")]
    [InlineData("--mqtt", "4", "--mqtt is '4'; allowed: 3.1.1 or 5.")]
    [InlineData("--rate", "-1", "--rate is -1; allowed: 0 to 1000000.")]
    [InlineData("--duration", "soon", "--duration is 'soon'; allowed: a time as hh:mm:ss")]
    [InlineData("--devices", "3", "--devices is 3; allowed: at least one for each of the 8 connections.")]
    public async Task SimulateLoad_WrongArgument_IsBadUsageWithTheCure(string option, string value, string says)
    {
        (int exitCode, string output, string error) = await CliProcess.RunAsync(["simulate", "load", option, value, "--messages", "1"]);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SimulateLoad_LedgerThatIsThere_LeavesItAlone()
    {
        string file = Path.GetTempFileName();
        (int exitCode, _, string error) = await CliProcess.RunAsync(["simulate", "load", "--ledger", file, "--messages", "1"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("already exists", error, StringComparison.Ordinal);
        Assert.Equal("", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        File.Delete(file);
    }

    [Theory]
    [InlineData("Http:Url=http://0.0.0.0:8080", "no credentials are asked for", "未要求任何凭据")]
    [InlineData("Http:Url=http://[::]:8080", "cityperception key add", "未要求任何凭据")]
    [InlineData("Hj212:Address=192.0.2.7", "no credentials are asked for", "未要求任何凭据")]
    [InlineData("Mqtt:Address=192.0.2.7", "no credentials are asked for", "未要求任何凭据")]
    public async Task Serve_ReachableFromElsewhereWithoutCredentials_IsRefusedInBothLanguages(string setting, string english, string chinese, string other = "Security:Required=false")
    {
        (int exitCode, string output, string error) = await CliProcess.RunAsync(["serve", "--set", setting, "--set", other]);
        Assert.Equal(2, exitCode);
        Assert.Contains(english, error, StringComparison.Ordinal);
        Assert.Contains(chinese, error, StringComparison.Ordinal);
        Assert.DoesNotContain("ready in", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_OperationalDatabaseThatCannotBeOpened_IsSaidInBothLanguages()
    {
        (int exitCode, string output, string error) = await CliProcess.RunAsync(
            ["serve", "--set", "Security:Required=true", "--set", "Operations:SqlitePath=/proc/nowhere/operations.db", "--set", "Http:Url=http://127.0.0.1:0", "--set", "Mqtt:Port=0"]);
        Assert.Equal(1, exitCode);
        Assert.Contains("/proc/nowhere/operations.db) cannot be opened", error, StringComparison.Ordinal);
        Assert.Contains("运行数据库无法打开", error, StringComparison.Ordinal);
        Assert.DoesNotContain("ready in", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
