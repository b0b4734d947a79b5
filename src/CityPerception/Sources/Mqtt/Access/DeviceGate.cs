using System.Data.Common;
using System.Net;
using System.Security.Cryptography;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Azure;
using CityPerception.Storage.Operations;
using CityPerception.Storage.Operations.Devices;
using Microsoft.Extensions.Options;
using MQTTnet.Packets;

namespace CityPerception.Sources.Mqtt.Access;

/// <summary>
/// Decides who may connect. Where credentials are required, everybody needs those of a device in the registry: a password,
/// or a token of the Azure IoT dialect signed with a key of the registry or of the key file.
/// </summary>
internal sealed class DeviceGate(
    AzureGate azure, DeviceRegistry registry, ISecretProtector protector, PasswordCheck passwords, Lockouts lockouts, OperationsState state, AccessMetrics metrics, IOptions<SecurityOptions> options, TimeProvider clock, ILogger<DeviceGate> logger)
{
    private const int MaxShownName = 128;

    public bool IsRequired => options.Value.Required;

    /// <summary>The device that a client says it is: by its user name, or its client id where it has none.</summary>
    public static string NameIn(MqttConnectPacket connect)
    {
        if (AzureUserName.TryParse(connect.Username, out AzureUserName? user)) return user.Name.ToString();
        return string.IsNullOrEmpty(connect.Username) ? connect.ClientId : connect.Username;
    }

    /// <summary>Looks at a CONNECT. A refusal comes when <see cref="SecurityOptions.RefuseAfter"/> has passed, whatever was found: its time says nothing of what there is.</summary>
    public async ValueTask<Admission> AdmitAsync(MqttConnectPacket connect, EndPoint? remote, CancellationToken cancellationToken)
    {
        if (!IsRequired) return azure.Admit(connect);
        long began = clock.GetTimestamp();
        string name = NameIn(connect);
        Admission admission = await DecideAsync(connect, name, (remote as IPEndPoint)?.Address.ToString() ?? "", cancellationToken);
        if (admission.Refusal is not { } refusal)
        {
            metrics.Admitted();
            return admission;
        }

        metrics.Refused(admission.Reason);
        if (admission.Reason != RefusalReason.LockedOut) logger.Refused(remote, Shown(name), refusal);
        TimeSpan left = options.Value.RefuseAfter - clock.GetElapsedTime(began);
        if (left > TimeSpan.Zero) await Task.Delay(left, clock, cancellationToken);
        return admission;
    }

    private async ValueTask<Admission> DecideAsync(MqttConnectPacket connect, string name, string address, CancellationToken cancellationToken)
    {
        if (connect.Password is not { Length: > 0 }) return Admission.Refuse("it shows no credential", RefusalReason.CredentialsMissing);
        if (name.Length > Device.MaxIdLength) return Admission.Refuse("its name is longer than any device's", RefusalReason.CredentialsWrong);
        if (lockouts.IsLocked(name, address)) return Admission.Refuse("locked out", RefusalReason.LockedOut);

        Admission admission = await CheckAsync(connect, name, cancellationToken);
        if (admission.Refusal is null)
        {
            lockouts.Clear(name, address);
            return IsOwnWill(connect, name, admission.Name) ? admission with { Device = name } : Admission.Refuse("its will is not on a topic of its own", RefusalReason.WillForeign);
        }

        if (admission.Reason is RefusalReason.CredentialsWrong or RefusalReason.TokenInvalid && lockouts.Fail(name, address)) logger.LockedOut(Shown(name), address);
        return admission;
    }

    private async ValueTask<Admission> CheckAsync(MqttConnectPacket connect, string name, CancellationToken cancellationToken)
    {
        try
        {
            await state.Watched.WaitAsync(cancellationToken);
            Device? device = await registry.FindAsync(name, cancellationToken);
            Admission admission = AzureUserName.TryParse(connect.Username, out _)
                ? azure.Admit(connect, KeysOf(device))
                : await CheckPasswordAsync(device, connect.Password, cancellationToken);
            return admission.Refusal is null && device?.DisabledAt is not null ? Admission.Refuse("the device is disabled", RefusalReason.DeviceDisabled) : admission;
        }
        catch (TooManyWaitingException)
        {
            return Admission.Refuse("too many passwords wait to be checked", RefusalReason.Busy);
        }
        catch (DbException e)
        {
            logger.RegistryAway(e.Message);
            return Admission.Refuse("the registry does not answer", RefusalReason.RegistryAway);
        }
    }

    private async ValueTask<Admission> CheckPasswordAsync(Device? device, byte[] password, CancellationToken cancellationToken) =>
        await passwords.FindAsync(device, password, cancellationToken) is { } credential
            ? Admission.Nobody with { Credential = credential }
            : Admission.Refuse(device is null ? "the device is not in the registry" : "the password is wrong", RefusalReason.CredentialsWrong);

    private bool IsOwnWill(MqttConnectPacket connect, string device, AzureName? name) =>
        !connect.WillFlag || (AzureTopic.TryParse(connect.WillTopic, out AzureTopic will) ? azure.MayPublish(name, will.Sender) : new OwnTopics(device).Holds(connect.WillTopic));

    private List<AzureKey> KeysOf(Device? device)
    {
        List<AzureKey> keys = [];
        foreach (DeviceCredential credential in device?.Credentials.Where(c => c.Kind == CredentialKind.SasKey) ?? [])
        {
            try
            {
                keys.Add(new AzureKey(protector.Unprotect(credential.Secret), credential.Id));
            }
            catch (CryptographicException)
            {
                logger.KeyLost(Shown(credential.DeviceId));
            }
        }

        return keys;
    }

    private static string Shown(string name) => name.Length > MaxShownName ? name[..MaxShownName] : name;
}
