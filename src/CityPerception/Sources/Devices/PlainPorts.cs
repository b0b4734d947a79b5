using System.Net;
using CityPerception.Hosting;
using CityPerception.Sources.Hj212;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Devices;

/// <summary>Warns at the start of ports that other machines reach and that carry passwords for everybody on the way to read.</summary>
internal sealed class PlainPorts(IOptions<MqttOptions> mqtt, IOptions<Hj212Options> hj212, ILogger<PlainPorts> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsReached(mqtt.Value.FindAddress())) logger.PlainPort("MQTT", mqtt.Value.Address, mqtt.Value.Port, "Mqtt:TlsPort");
        if (hj212.Value.Enabled && IsReached(hj212.Value.FindAddress())) logger.PlainPort("HJ 212", hj212.Value.Address, hj212.Value.Port, "Hj212:TlsPort");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool IsReached(IPAddress? address) => address is not null && !IPAddress.IsLoopback(address);
}

/// <summary>Log message 1520.</summary>
internal static partial class PlainPortsLog
{
    [LoggerMessage(1520, LogLevel.Warning, "{Protocol} listens on {Address}:{Port} without TLS, where other machines reach it: passwords and data can be read on the way. Let devices use {TlsSetting}, and close the plain port to them by the firewall")]
    public static partial void PlainPort(this ILogger logger, string protocol, string address, int port, string tlsSetting);
}
