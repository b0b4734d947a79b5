using CityPerception.TestKit;
using CityPerception.Tests.Sources;
using CityPerception.Tests.Support;
using MQTTnet;
using MQTTnet.Formatter;

namespace CityPerception.Tests.Cli;

/// <summary>The registry of devices as its keeper has it: by commands, beside a server that runs.</summary>
public sealed class DeviceCommandTests
{
    [Fact]
    public async Task Add_ListDisableEnable_ShowWhatIsThereAndTheSecretOnce()
    {
        using var data = new TempFolder();
        string password = await AddAsync(data.Path, "AQ-1", "--note", "英雄中路");
        Assert.True(password.Length >= 32);

        (int again, _, string known) = await DeviceAsync(data.Path, "add", "AQ-1");
        Assert.Equal(1, again);
        Assert.Contains("设备已存在", known, StringComparison.Ordinal);
        Assert.Equal(0, (await DeviceAsync(data.Path, "disable", "AQ-1")).ExitCode);
        (_, string list, _) = await DeviceAsync(data.Path, "list");
        Assert.Matches("AQ-1 +disabled 停用 .* password +英雄中路", list);
        Assert.DoesNotContain(password, list, StringComparison.Ordinal);
        Assert.Equal(0, (await DeviceAsync(data.Path, "enable", "AQ-1")).ExitCode);
        Assert.Contains("enabled 启用", (await DeviceAsync(data.Path, "list")).Output, StringComparison.Ordinal);
        Assert.Equal(1, (await DeviceAsync(data.Path, "disable", "AQ-1", "nobody")).ExitCode);
        Assert.Equal(1, (await DeviceAsync(data.Path, "rotate", "nobody")).ExitCode);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(data.File("operations.db")));
    }

    [Fact]
    public async Task Add_Csv_PrintsThePasswordsThatItMade()
    {
        using var data = new TempFolder();
        File.WriteAllText(data.File("devices.csv"), "id,note,password\nAQ-1,one,\nAQ-2,two,correct horse battery\n");
        (int exitCode, string output, string error) = await DeviceAsync(data.Path, "add", "--csv", data.File("devices.csv"));
        Assert.Equal(0, exitCode);
        Assert.Matches(@"\Aid,password\r?\nAQ-1,\S{32}\r?\n\z", output);
        Assert.DoesNotContain("horse", error, StringComparison.Ordinal);
        Assert.Contains("2 devices added", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_CsvOfIdsAlone_MakesThemAllAPassword()
    {
        using var data = new TempFolder();
        File.WriteAllText(data.File("devices.csv"), "id\nAQ-1\nAQ-2\n");
        (int exitCode, string output, _) = await DeviceAsync(data.Path, "add", "--csv", data.File("devices.csv"));
        Assert.Equal(0, exitCode);
        Assert.Matches(@"\Aid,password\r?\nAQ-1,\S{32}\r?\nAQ-2,\S{32}\r?\n\z", output);
    }

    [Theory]
    [InlineData("id,pasword\nAQ-1,correct horse battery\n", "password")] // did you mean
    [InlineData("password,id\ncorrect horse battery,AQ-1\n", "first column")]
    [InlineData("id,password\nAQ-1,horse\n", "AQ-1: The password has 5 characters")]
    [InlineData("id,sas_key\nAQ-1,horse\n", "AQ-1: The key is not base64")]
    [InlineData("id,password\nAQ/#,correct horse battery\n", "no name of a device")]
    public async Task Add_CsvWithAFault_AddsNothingAndSaysWhatWithoutTheSecret(string text, string says)
    {
        using var data = new TempFolder();
        File.WriteAllText(data.File("devices.csv"), text);
        (int exitCode, string output, string error) = await DeviceAsync(data.Path, "add", "--csv", data.File("devices.csv"));
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("horse", error, StringComparison.Ordinal);
        Assert.DoesNotContain("AQ", (await DeviceAsync(data.Path, "list")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add")]
    [InlineData("add AQ-1 --csv devices.csv")]
    [InlineData("add AQ-1 --password short")]
    [InlineData("add AQ-1 --thumbprint 12")]
    [InlineData("add AQ-1 --make-sas-key --password correct-horse-battery")]
    public async Task Add_WrongArguments_IsBadUsage(string arguments)
    {
        using var data = new TempFolder();
        Assert.Equal(2, (await DeviceAsync(data.Path, arguments.Split(' '))).ExitCode);
    }

    [Fact]
    public async Task Commands_BesideARunningServer_HoldWithinSeconds()
    {
        using var data = new TempFolder();
        string password = await AddAsync(data.Path, "AQ-1");
        await using Server server = await Server.StartAsync(data.Path, set: ["Security:Required=true", "Logging:Level=debug"]);
        await using (MqttPeer peer = await ConnectAsync(server, password))
        {
            Assert.Equal(0, (await DeviceAsync(data.Path, "disable", "AQ-1")).ExitCode);
            Assert.Equal(MqttClientDisconnectReason.NotAuthorized, await peer.DisconnectedAsync());
        }

        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(server, password));
        Assert.Equal(0, (await DeviceAsync(data.Path, "enable", "AQ-1")).ExitCode);
        string second;
        await using (MqttPeer peer = await ConnectAsync(server, password))
        {
            second = (await DeviceAsync(data.Path, "rotate", "AQ-1", "--now")).Output.Trim();
            Assert.Equal(MqttClientDisconnectReason.NotAuthorized, await peer.DisconnectedAsync());
        }

        await Assert.ThrowsAnyAsync<Exception>(() => ConnectAsync(server, password));
        await using (MqttPeer peer = await ConnectAsync(server, second))
        {
            string third = (await DeviceAsync(data.Path, "rotate", "AQ-1")).Output.Trim(); // the old one is taken until the next
            await using MqttPeer withThird = await ConnectAsync(server, third);
            await peer.PublishAsync(Air.Topic("AQ-1"), Air.Message("AQ-1"));
            Assert.DoesNotContain(third, server.Printed, StringComparison.Ordinal);
        }

        Assert.Equal(2, await server.MetricAsync("cityperception_access_revoked"));
        Assert.Equal(1, await server.MetricAsync("cityperception_access_refused", "device_disabled"));
        Assert.Equal("healthy", (await server.ReadyAsync("operations")).Status);
        Assert.Contains("AQ-1", server.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain(password, server.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain(second, server.Printed, StringComparison.Ordinal);
    }

    private static Task<MqttPeer> ConnectAsync(Server server, string password) =>
        MqttPeer.ConnectAsync(MqttProtocolVersion.V500, o => o.WithTcpServer("127.0.0.1", server.MqttPort).WithCredentials("AQ-1", password));

    private static async Task<string> AddAsync(string data, params string[] arguments)
    {
        (int exitCode, string output, string error) = await DeviceAsync(data, ["add", .. arguments]);
        Assert.True(exitCode == 0, error);
        return output.Trim();
    }

    private static Task<(int ExitCode, string Output, string Error)> DeviceAsync(string data, params string[] arguments) =>
        CliProcess.RunAsync(["device", .. arguments, "--data", data]);
}
