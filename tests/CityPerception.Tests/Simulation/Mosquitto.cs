using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CityPerception.TestKit;
using CityPerception.TestKit.Servers;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace CityPerception.Tests.Simulation;

/// <summary>A real mosquitto on a free loopback port, which keeps its sessions on disk: it can be stopped and started again.</summary>
internal sealed class Mosquitto : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mosquitto-");
    private Process? _process;

    private Mosquitto() => Port = FreePort.Take();

    public int Port { get; }

    /// <summary>Starts one.</summary>
    /// <param name="access">Who may do what: lines of its configuration.</param>
    public static async Task<Mosquitto> StartAsync(string access = "allow_anonymous true")
    {
        var broker = new Mosquitto();
        await File.WriteAllTextAsync(Path.Combine(broker._folder.FullName, "mosquitto.conf"),
            string.Create(CultureInfo.InvariantCulture, $"""
                listener {broker.Port} 127.0.0.1
                {access}
                persistence true
                persistence_location {broker._folder.FullName}/
                max_queued_messages 0
                user {Environment.UserName}

                """));
        await broker.StartAgainAsync();
        return broker;
    }

    public async Task StartAgainAsync()
    {
        _process = Process.Start(new ProcessStartInfo(MissingServer.Find("mosquitto", "Debian: apt-get install mosquitto."), ["-c", Path.Combine(_folder.FullName, "mosquitto.conf")]) { RedirectStandardError = true })
            ?? throw new InvalidOperationException("mosquitto did not start.");
        _process.BeginErrorReadLine();
        await Until.TrueAsync("mosquitto listens", () => Accepts(Port), TestContext.Current.CancellationToken);
    }

    /// <summary>Ends it as an administrator does: it saves its sessions.</summary>
    public async Task StopAsync()
    {
        using Process kill = Process.Start("kill", ["-TERM", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Ends it as a power cut does.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await KillAsync();
        _folder.Delete(recursive: true);
    }

    private static bool Accepts(int port)
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>Collects everything under city/, in a session that outlives the broker.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    /// <summary>Topic and payload, each message as often as it came.</summary>
    public ConcurrentQueue<(string Topic, string Payload)> Received { get; } = new();

    public Listener() => _client.ApplicationMessageReceivedAsync += received =>
    {
        Received.Enqueue((received.ApplicationMessage.Topic, Encoding.UTF8.GetString(received.ApplicationMessage.Payload)));
        return Task.CompletedTask;
    };

    public async Task ConnectAsync(int port)
    {
        MqttClientOptions options = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", port).WithProtocolVersion(MqttProtocolVersion.V500).WithClientId("listener")
            .WithCleanStart(false).WithSessionExpiryInterval(uint.MaxValue).Build();
        await _client.ConnectAsync(options, TestContext.Current.CancellationToken);
        await _client.SubscribeAsync("city/#", MqttQualityOfServiceLevel.AtLeastOnce, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
