using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Devices;
using MQTTnet.Formatter;

namespace CityPerception.Tests.Sources.Access;

/// <summary>A server that asks every MQTT client for the credentials of a device.</summary>
public class AccessServer : CityServer
{
    protected override (string Key, string Value)[] Settings => [("Security:Required", "true"), ("Security:RefuseAfter", "00:00:00"), ("Security:FailuresBeforeLockout", "3"), ("Security:Lockout", "1.00:00:00")];

    internal DeviceRegistry Registry => Part<DeviceRegistry>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A device that no other test has, and its password.</summary>
    internal async Task<(string Device, string Password)> AddAsync(string? device = null)
    {
        (string id, string password) = (device ?? Air.NewDevice(), DeviceSecrets.MakePassword());
        Assert.Empty(await Registry.AddAsync([(id, null, new NewCredential(CredentialKind.Password, DeviceSecrets.Hash(password, isMade: true)))], Ct));
        return (id, password);
    }

    /// <summary>The same with a key for tokens.</summary>
    internal async Task<(string Device, byte[] Key)> AddWithKeyAsync(string? device = null)
    {
        (string id, byte[] key) = (device ?? Air.NewDevice(), DeviceSecrets.MakeKey());
        Assert.Empty(await Registry.AddAsync([(id, null, new NewCredential(CredentialKind.SasKey, Part<ISecretProtector>().Protect(key)))], Ct));
        return (id, key);
    }

    internal Task<MqttPeer> ConnectAsync(string device, string password, MqttProtocolVersion version = MqttProtocolVersion.V500) =>
        MqttPeer.ConnectAsync(this, version, o => o.WithCredentials(device, password));

    /// <summary>Connects byte by byte; the code of the CONNACK.</summary>
    internal async Task<byte> TryConnectAsync(byte version, string clientId, (string User, string Password)? login, (string Topic, string Message)? will = null)
    {
        await using RawMqtt raw = await RawMqtt.OpenAsync(MqttPort);
        await raw.SendAsync(RawMqtt.Connect(version, clientId, will: will, login: login));
        return (await raw.ReadAsync(0x20))[1];
    }
}
