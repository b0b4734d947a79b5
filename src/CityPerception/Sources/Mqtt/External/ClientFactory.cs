using System.Buffers;
using System.Net;
using MQTTnet;
using MQTTnet.Formatter;

namespace CityPerception.Sources.Mqtt.External;

/// <summary>Makes clients of the broker under one client identifier, with our channel in them.</summary>
internal sealed class ClientFactory(string clientId, BrokerAddress broker, ExternalBrokerOptions options, ChannelParts parts, TimeProvider clock)
{
    // Of the socket: MQTTnet's own 8 KB would be a system call for every few messages.
    private const int SocketBufferBytes = 256 * 1024;

    /// <summary>Connects with MQTT 5, or with 3.1.1 where the broker speaks nothing newer.</summary>
    /// <param name="startsAnew">The session ends with the connection, and an old one is thrown away.</param>
    /// <param name="will">What the broker publishes for us if we go without a word; null for nothing.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The client, to be disposed of, and what the broker answered, which may be a refusal.</returns>
    public async Task<(ExternalClient Client, MqttClientConnectResult Answer)> ConnectAsync(bool startsAnew, MqttApplicationMessage? will, CancellationToken cancellationToken)
    {
        (ExternalClient client, MqttClientConnectResult answer) = await ConnectAsync(MqttProtocolVersion.V500, startsAnew, will, cancellationToken);
        if (!IsOldBroker(answer)) return (client, answer);
        await client.DisposeAsync();
        return await ConnectAsync(MqttProtocolVersion.V311, startsAnew, will, cancellationToken);
    }

    // CONNACK says so in the words of MQTT 5, or in those of 3.1.1 (3.2.2.3).
    private static bool IsOldBroker(MqttClientConnectResult answer) =>
        answer.ResultCode is MqttClientConnectResultCode.UnsupportedProtocolVersion || (int)answer.ResultCode == 1;

    private async Task<(ExternalClient, MqttClientConnectResult)> ConnectAsync(MqttProtocolVersion version, bool startsAnew, MqttApplicationMessage? will, CancellationToken cancellationToken)
    {
        ExternalClient client = Create(version, startsAnew, will);
        try
        {
            return (client, await client.ConnectAsync(cancellationToken));
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    private ExternalClient Create(MqttProtocolVersion version, bool startsAnew, MqttApplicationMessage? will)
    {
        MqttClientOptionsBuilder builder = new MqttClientOptionsBuilder()
            .WithTcpServer(tcp => tcp.BufferSize = SocketBufferBytes)
            .WithEndPoint(IPAddress.TryParse(broker.Host, out IPAddress? address) ? new IPEndPoint(address, broker.Port) : new DnsEndPoint(broker.Host, broker.Port))
            .WithProtocolVersion(version)
            .WithClientId(clientId)
            .WithCleanStart(startsAnew)
            .WithTimeout(ExternalClient.Patience)
            .WithKeepAlivePeriod(options.KeepAlive);
        if (will is not null)
            builder.WithWillTopic(will.Topic).WithWillPayload(will.Payload.ToArray()).WithWillQualityOfServiceLevel(will.QualityOfServiceLevel).WithWillRetain(will.Retain);
        if (version is MqttProtocolVersion.V500)
        {
            // No maximum packet size: a broker drops what is larger without a word (3.1.2.11.4).
            builder.WithReceiveMaximum((ushort)parts.Limits.MaxInFlight);
            if (!startsAnew) builder.WithSessionExpiryInterval((uint)options.SessionExpiry.TotalSeconds);
        }

        string? user = string.IsNullOrEmpty(options.User) ? broker.User : options.User;
        string? password = string.IsNullOrEmpty(options.Password) ? broker.Password : options.Password;
        if (user is not null || password is not null) builder.WithCredentials(user ?? "", password);
        if (broker.IsTls)
        {
            builder.WithTlsOptions(tls =>
            {
                tls.WithTargetHost(broker.Host);
                if (!string.IsNullOrEmpty(options.CaFile)) tls.WithTrustChain(TrustedAuthorities.Read(options.CaFile));
            });
        }

        return new ExternalClient(builder.Build(), parts, clock);
    }
}
